import { DateTime } from 'luxon'
import encryption from '@adonisjs/core/services/encryption'
import { BackupHostSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'

export type OffsiteKind = 's3' | 'sftp'

export interface OffsiteSecrets {
  /** Without it nobody reads the copies, the provider included. */
  readonly password: string
  readonly keyId?: string
  readonly key?: string
}

export interface NewBackupHost {
  readonly name: string
  readonly address: string
  readonly port?: number
  readonly hostKey: string
  readonly directory: string
}

export interface HostWish {
  readonly generations: number
  readonly offsite: 'none' | OffsiteKind
  readonly offsite_repository?: string | null
  readonly offsite_password?: string | null
  readonly offsite_key_id?: string | null
  readonly offsite_key?: string | null
}

const purpose = 'backup_offsite'

/** BKP-02: a machine of its own that keeps copies of everything. The panel is root on it; servers know nothing of it. */
export default class BackupHost extends BackupHostSchema {
  declare offsiteKind: OffsiteKind | null

  /** Made or brought up to date by set-up. A key that was pinned is only replaced by whoever says so here. */
  static async register(given: NewBackupHost): Promise<BackupHost> {
    const { name, port = 22, ...rest } = given
    const host = await this.updateOrCreate({ name }, { name, port, ...rest })
    return host.refresh()
  }

  /** Null where the provider has none. */
  static async registered(): Promise<BackupHost | null> {
    return this.query().orderBy('id').first()
  }

  static async current(): Promise<BackupHost> {
    const host = await this.registered()
    if (!host) throw new Refusal('no_backup_host')
    return host
  }

  /** By staff. Words that are left empty stay as they were; another place needs its own. */
  async set(wish: HostWish) {
    const kind = wish.offsite === 'none' ? null : wish.offsite
    const before = kind && kind === this.offsiteKind ? this.offsiteWords : null
    const words = {
      password: wish.offsite_password || before?.password || '',
      keyId: wish.offsite_key_id || before?.keyId,
      key: wish.offsite_key || before?.key,
    }
    if (kind && !words.password) throw new Refusal('offsite_needs_password', 'offsite_password')
    if (kind === 's3' && !(words.keyId && words.key)) {
      throw new Refusal('offsite_needs_keys', 'offsite_key_id')
    }
    const row: BackupHost = this
    row.merge({
      generations: wish.generations,
      offsiteKind: kind,
      offsiteRepository: kind && (wish.offsite_repository ?? null),
      offsiteProblem: null,
    })
    row.offsiteWords = kind ? words : null
    await row.save()
  }

  async note({ free, total }: { free: number; total: number }) {
    const row: BackupHost = this
    await row.merge({ freeBytes: free, totalBytes: total, seenAt: DateTime.utc() }).save()
  }

  get offsiteWords(): OffsiteSecrets | null {
    return this.offsiteSecrets ? encryption.decrypt(this.offsiteSecrets, purpose) : null
  }

  set offsiteWords(words: OffsiteSecrets | null) {
    this.offsiteSecrets = words && encryption.encrypt(words, undefined, purpose)
  }
}
