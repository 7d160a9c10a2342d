import { randomBytes } from 'node:crypto'
import encryption from '@adonisjs/core/services/encryption'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import { newKey, publicHalf } from '#compute/panel_key'
import { BackupTargetSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import BackupHost from '#models/backup_host'
import { sqlTime } from '#models/task/clock'

/** What staff say of it. What opens it is made here. */
export interface TargetFacts {
  readonly address: string
  readonly port: number
  readonly hostKey: string
  readonly account: string
  readonly path: string
  readonly generations: number
}

/**
 * BKP-02: where copies of the copies go, so that they outlive the backup host. The key lets the host in there; the password opens the
 * repository, so whoever keeps both and has the target needs nothing else of ours.
 */
export default class BackupTarget extends BackupTargetSchema {
  @belongsTo(() => BackupHost)
  declare backupHost: BelongsTo<typeof BackupHost>

  /** Null where nothing leaves the house. */
  static async registered(): Promise<BackupTarget | null> {
    return this.query().orderBy('id').preload('backupHost').first()
  }

  static async register(facts: TargetFacts): Promise<BackupTarget> {
    const host = await BackupHost.current()
    if (await this.findBy('backupHostId', host.id)) throw new Refusal('backup_target_is_there')
    const key = newKey()
    const target = await this.create({
      ...facts,
      backupHostId: host.id,
      publicKey: publicHalf(key, 'tsukasa-offsite'),
      privateKey: encryption.encrypt(key),
      password: encryption.encrypt(randomBytes(24).toString('base64url')),
    })
    return target.refresh()
  }

  /** At another place a repository may be begun. */
  async change(facts: TargetFacts) {
    const isElsewhere = facts.address !== this.address || facts.path !== this.path
    const row: BackupTarget = this
    await row
      .merge({ ...facts, ...(isElsewhere ? { startedAt: null, sizeBytes: null } : {}) })
      .save()
  }

  /** What the host is told, through a pipe that nobody else reads. */
  get secrets() {
    const { address, port, account, path, hostKey } = this
    const target = { address, port, account, path, hostKey, key: opened(this.privateKey) }
    return { target, password: opened(this.password) }
  }

  /** Once, whoever asks: two who ask at the same time don't both get it. */
  async showPassword(): Promise<string> {
    const changed = await BackupTarget.query()
      .where('id', this.id)
      .whereNull('shownAt')
      .update({ shown_at: sqlTime() })
    if (Number(changed) === 0) throw new Refusal('backup_password_was_shown')
    return opened(this.password)
  }

  /** There is a repository from now on: if it is gone one day, somebody has to know. */
  async noteCopied(sizeBytes: number) {
    const row: BackupTarget = this
    await row.merge({ startedAt: this.startedAt ?? DateTime.utc(), sizeBytes }).save()
  }
}

function opened(kept: string): string {
  const text = encryption.decrypt<string>(kept)
  if (text === null) throw new Error('a backup target was encrypted with another APP_KEY')
  return text
}
