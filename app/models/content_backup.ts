import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import type { PartState, StoredPart } from '#convergence/agent/backup_requests'
import { ContentBackupSchema } from '#database/schema'
import Domain from '#models/domain'

/** `partial`: some directory, or something in one, is not in it. */
export type BackupState = 'running' | 'done' | 'partial' | 'failed'

/** Why there is none of that day. */
export type BackupFailure = 'no_storage' | 'unreachable' | 'refused' | 'too_long'

/** Days that a domain's history goes back. */
const keptDays = 60

/** BKP-01: what became of the backup of one domain on one day. The backup itself is the same every day, overwritten. */
export default class ContentBackup extends ContentBackupSchema {
  declare state: BackupState
  declare failure: BackupFailure | null

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  get partList(): readonly StoredPart[] {
    return this.parts ? JSON.parse(this.parts) : []
  }

  /** Newest first. */
  static latestOf(domainId: number, count: number): Promise<ContentBackup[]> {
    return this.query().where('domainId', domainId).orderBy('day', 'desc').limit(count)
  }

  /** Whose content is in `backup/contents` now: the last one that wrote anything. */
  static lastWrittenOf(domainId: number): Promise<ContentBackup | null> {
    return this.query()
      .where('domainId', domainId)
      .whereIn('state', ['done', 'partial'])
      .orderBy('day', 'desc')
      .first()
  }

  /** Domains of a server whose backup of the day is still to be made, or was cut off. Those that lately held up others come last. */
  static async dueOn(serverId: number, day: string): Promise<Domain[]> {
    const over = this.query()
      .where({ serverId, day })
      .whereNot('state', 'running')
      .select('domain_id')
    return Domain.query()
      .where('serverId', serverId)
      .whereNull('deletedAt')
      .whereNotIn('id', over)
      .orderByRaw(
        `case when exists (select 1 from content_backups where content_backups.domain_id = domains.id
          and content_backups.failure = 'too_long' and content_backups.day >= ?) then 1 else 0 end`,
        [daysBefore(day, 3)]
      )
      .orderBy('id')
  }

  static begin({ id: domainId, serverId }: Domain, day: string): Promise<ContentBackup> {
    const begun = { serverId, state: 'running' as const, startedAt: DateTime.utc() }
    return this.updateOrCreate({ domainId, day }, begun)
  }

  async end(parts: readonly StoredPart[]) {
    const isWhole = (part: StoredPart) => part.state === 'done' && part.problemCount === 0
    const isWritten = ({ state }: StoredPart) => wroteSomething.includes(state)
    const sum = (of: (part: StoredPart) => number) =>
      parts.reduce((total, part) => total + of(part), 0)
    this.state = parts.every(isWhole) ? 'done' : parts.some(isWritten) ? 'partial' : 'failed'
    this.parts = JSON.stringify(parts)
    this.files = sum(({ files }) => files)
    this.bytes = sum(({ size }) => size)
    this.changedFiles = sum((part) => part.new + part.changed + part.deleted)
    this.changedBytes = sum(({ bytes }) => bytes)
    this.failure = null
    this.finishedAt = DateTime.utc()
    await this.save()
  }

  async fail(failure: BackupFailure) {
    this.state = 'failed'
    this.failure = failure
    this.finishedAt = DateTime.utc()
    await this.save()
  }

  /** The server could not be reached the whole night: said for each of its domains. */
  static async giveUp(serverId: number, day: string, failure: BackupFailure) {
    for (const domain of await this.dueOn(serverId, day)) {
      const row = await this.begin(domain, day)
      await row.fail(failure)
    }
  }

  /** Failed or not whole, of which nobody has been told. With their domains. */
  static untoldOf(day: string): Promise<ContentBackup[]> {
    return this.query()
      .where('day', day)
      .whereIn('state', ['failed', 'partial'])
      .whereNull('toldAt')
      .whereHas('domain', (domain) => void domain.whereNull('deletedAt'))
      .preload('domain')
      .orderBy('id')
  }

  /** A mail went out, and no night since was better. */
  async wasToldSince(since: string): Promise<boolean> {
    const { domainId, day } = this
    const before = await ContentBackup.query()
      .where({ domainId })
      .whereBetween('day', [since, day])
      .whereNot('id', this.id)
      .orderBy('day', 'desc')
    const good = before.findIndex(({ state }) => state === 'done')
    const streak = good === -1 ? before : before.slice(0, good)
    return streak.some(({ toldAt }) => toldAt !== null)
  }

  static async prune() {
    const before = DateTime.now().setZone('Asia/Tokyo').minus({ days: keptDays }).toISODate()!
    await this.query().where('day', '<', before).delete()
  }
}

const daysBefore = (day: string, days: number) => DateTime.fromISO(day).minus({ days }).toISODate()!

const wroteSomething: readonly PartState[] = ['done', 'partial', 'full']
