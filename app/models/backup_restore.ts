import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import { BackupRestoreSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import { providerFor, type Actor, type Author } from '#models/actor'
import Backup from '#models/backup'
import { stateOf, type Part } from '#models/backup/part'
import Domain from '#models/domain'
import { operate } from '#models/operation'
import Task from '#models/task'

export type RestoreKind = 'everything' | 'mailbox' | 'database' | 'share' | 'test'
export type RestoreState = 'waiting' | 'running' | 'done' | 'partial' | 'failed'

interface Wish {
  readonly kind: RestoreKind
  readonly backup: Backup
  readonly domain: Domain | null
  readonly part: string | null
}

/** BKP-02: something that comes back from a backup, and what became of each part of it. */
export default class BackupRestore extends BackupRestoreSchema {
  declare kind: RestoreKind
  declare state: RestoreState

  @belongsTo(() => Backup)
  declare backup: BelongsTo<typeof Backup>

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  get partList(): readonly Part[] {
    return JSON.parse(this.parts)
  }

  get isOver() {
    return !['waiting', 'running'].includes(this.state)
  }

  /** By staff: everything of a domain, into itself or into another of the same contract, such as on a new server. */
  static async everything(backup: Backup, domain: Domain): Promise<BackupRestore> {
    if (domain.contractId !== backup.contractId) throw new Refusal('backup_is_of_another_contract')
    const author = providerFor(domain.contractId, 'staff')
    return this.request({ kind: 'everything', backup, domain, part: null }, author)
  }

  /** By staff: what all domains of a server share. */
  static async share(backup: Backup): Promise<BackupRestore> {
    const author = providerFor(backup.contractId, 'staff')
    return this.request({ kind: 'share', backup, domain: null, part: null }, author)
  }

  /** By the customer: messages that are in the backup and not in the mailbox come back; what is there stays. */
  static mailbox(backup: Backup, domain: Domain, localPart: string, actor: Actor) {
    return this.request({ kind: 'mailbox', backup, domain, part: localPart }, actor)
  }

  /** By the customer: a database is again as it was then. `name`: without the domain's prefix. */
  static database(backup: Backup, domain: Domain, name: string, actor: Actor) {
    return this.request({ kind: 'database', backup, domain, part: name }, actor)
  }

  private static async request({ kind, backup, domain, part }: Wish, author: Author) {
    const name = domain?.unicodeName ?? backup.name
    const operation = {
      action: `backup_restores.${kind}`,
      target: part ? `${name} ${part}` : name,
      ...(domain ? { domainId: domain.id } : {}),
    }
    return operate(author, operation, async (client) => {
      const under = await this.query({ client })
        .where({ domainId: domain?.id ?? null, kind, part })
        .where('backupId', backup.id)
        .whereIn('state', ['waiting', 'running'])
        .first()
      if (under) throw new Refusal('restore_is_under_way')
      const restore = await this.create(
        {
          backupId: backup.id,
          kind,
          contractId: backup.contractId,
          serverId: domain?.serverId ?? backup.serverId,
          domainId: domain?.id ?? null,
          name,
          part,
          state: 'waiting',
          parts: '[]',
          requestedBy: author.by.login,
        },
        { client }
      )
      const task = await Task.enqueue(
        {
          kind: 'run_restore',
          payload: { restoreId: restore.id },
          serverId: restore.serverId,
          lockKey: domain ? `restore:d${domain.id}` : `restore:s${backup.serverId}`,
          accountId: author.by.id ?? undefined,
          maxAttempts: 3,
        },
        client
      )
      return restore.merge({ taskId: task.id }).save()
    })
  }

  /** A look whether what is kept can be brought back, by the panel itself. */
  static async test(backup: Backup): Promise<BackupRestore> {
    const author = providerFor(backup.contractId, 'system')
    return this.create({
      backupId: backup.id,
      kind: 'test',
      contractId: backup.contractId,
      serverId: backup.serverId,
      domainId: backup.domainId,
      name: backup.name,
      state: 'running',
      parts: '[]',
      requestedBy: author.by.login,
    })
  }

  async begin() {
    const row: BackupRestore = this
    await row.merge({ state: 'running' }).save()
  }

  async finish(parts: readonly Part[], reason: string | null = null) {
    const state = reason ? 'failed' : stateOf(parts)
    const finishedAt = DateTime.utc()
    const row: BackupRestore = this
    await row.merge({ state, reason, parts: JSON.stringify(parts), finishedAt }).save()
  }
}
