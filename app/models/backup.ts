import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { keptAfterEndDays } from '#config/backups'
import { BackupSchema } from '#database/schema'
import BackupHost from '#models/backup_host'
import type { Owners } from '#models/backup/owners'
import { stateOf, type Part } from '#models/backup/part'
import type Domain from '#models/domain'
import type Server from '#models/server'
import { sqlTime } from '#models/task/clock'

export type BackupState = 'running' | 'done' | 'partial' | 'failed'

export interface Figures {
  readonly files: number
  readonly bytes: number
  readonly sentBytes: number
}

/** BKP-02: one generation of everything of a domain, or of what all domains of a server share. */
export default class Backup extends BackupSchema {
  declare kind: 'domain' | 'share'
  declare state: BackupState

  @belongsTo(() => BackupHost)
  declare backupHost: BelongsTo<typeof BackupHost>

  /** Its directory on the host; the same for all generations. */
  get set() {
    return this.kind === 'domain' ? `d${this.domainId}` : `s${this.serverId}`
  }

  get partList(): readonly Part[] {
    return JSON.parse(this.parts)
  }

  get ownerMap(): Owners {
    return JSON.parse(this.owners)
  }

  get isUsable() {
    return (this.state === 'done' || this.state === 'partial') && this.removedAt === null
  }

  static beginOfDomain(domain: Domain, host: BackupHost, owners: Owners): Promise<Backup> {
    const { id: domainId, serverId, contractId, unicodeName: name } = domain
    return this.begin({ kind: 'domain', domainId, serverId, contractId, name }, host, owners)
  }

  static beginOfShare(server: Server, host: BackupHost, owners: Owners): Promise<Backup> {
    const { id: serverId, contractId, name } = server
    return this.begin({ kind: 'share', serverId, contractId, name }, host, owners)
  }

  private static async begin(
    facts: Pick<Backup, 'kind' | 'serverId' | 'contractId' | 'name'> & { domainId?: number },
    host: BackupHost,
    owners: Owners
  ): Promise<Backup> {
    // Whoever began one before is gone: only one at a time is made of a set.
    const { kind, serverId, domainId = null } = facts
    await this.query()
      .where({ kind, serverId, domainId, state: 'running' })
      .update({ state: 'failed', reason: 'interrupted', finished_at: sqlTime() })
    return this.create({
      ...facts,
      backupHostId: host.id,
      state: 'running',
      parts: '[]',
      owners: JSON.stringify(owners),
    })
  }

  async finish(parts: readonly Part[], { files, bytes, sentBytes }: Figures) {
    const state = stateOf(parts)
    const finishedAt = DateTime.utc()
    const row: Backup = this
    row.merge({ state, parts: JSON.stringify(parts), files, bytes, sentBytes, finishedAt })
    await row.save()
  }

  async fail(reason: string, parts: readonly Part[] = []) {
    const finishedAt = DateTime.utc()
    const row: Backup = this
    await row.merge({ state: 'failed', reason, parts: JSON.stringify(parts), finishedAt }).save()
  }

  /** The host says which generations it has: of all others nothing is left. */
  async noteKept(kept: readonly number[]) {
    await Backup.query()
      .where({ kind: this.kind, serverId: this.serverId, domainId: this.domainId ?? null })
      .whereNot('state', 'running')
      .whereNull('removedAt')
      .whereNotIn('id', [...kept])
      .update({ removed_at: sqlTime() })
  }

  /** For staff, in the words of whoever refused. */
  async noteProblem(words: string) {
    const row: Backup = this
    await row.merge({ words: words.slice(0, 500) }).save()
  }

  /** The host has it again, and looks at it as at a new one. */
  async noteReturned() {
    const row: Backup = this
    await row.merge({ removedAt: null, verifiedAt: null, damaged: null }).save()
  }

  async noteVerified(damaged: number) {
    const row: Backup = this
    await row.merge({ verifiedAt: DateTime.utc(), damaged }).save()
  }

  /** Newest first. */
  static usableOf(domainId: number): Promise<Backup[]> {
    return this.query()
      .where({ kind: 'domain', domainId })
      .whereIn('state', ['done', 'partial'])
      .whereNull('removedAt')
      .preload('backupHost')
      .orderBy('id', 'desc')
  }

  static usable(id: number): Promise<Backup | null> {
    return this.query()
      .where('id', id)
      .whereIn('state', ['done', 'partial'])
      .whereNull('removedAt')
      .preload('backupHost')
      .first()
  }

  /** DOM-05: copies of a domain that is gone for good stay a while, for whoever deleted it by mistake, and then go as well. */
  static async end(domainId: number, client: TransactionClientContract) {
    await client
      .from('backups')
      .where({ kind: 'domain', domain_id: domainId })
      .whereNull('ends_at')
      .update({ ends_at: sqlTime(DateTime.utc().plus({ days: keptAfterEndDays }).toJSDate()) })
  }
}
