import { DateTime } from 'luxon'
import { BackupHostSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'

export interface NewBackupHost {
  readonly name: string
  readonly address: string
  readonly port?: number
  readonly hostKey: string
  readonly directory: string
}

/** BKP-02: a machine of its own that keeps copies of everything. The panel is root on it; servers know nothing of it. */
export default class BackupHost extends BackupHostSchema {
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

  async note({ free, total }: { free: number; total: number }) {
    const row: BackupHost = this
    await row.merge({ freeBytes: free, totalBytes: total, seenAt: DateTime.utc() }).save()
  }
}
