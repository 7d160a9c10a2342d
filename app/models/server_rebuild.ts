import { belongsTo, hasMany } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import { ServerRebuildSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import { providerFor } from '#models/actor'
import type Backup from '#models/backup'
import BackupRestore from '#models/backup_restore'
import Domain from '#models/domain'
import { operate } from '#models/operation'
import { newestOfServer } from '#models/server_rebuild/sources'
import Server from '#models/server'
import type Staff from '#models/staff'
import Task from '#models/task'

export type RebuildState = 'waiting' | 'building' | 'restoring' | 'failed'

/**
 * BKP-02: a server that was lost is made anew under its name and address, from what the panel knows of it, and then everything
 * comes back from the newest whole copies. Whatever is left of the old machine goes.
 */
export default class ServerRebuild extends ServerRebuildSchema {
  declare state: RebuildState

  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  @hasMany(() => BackupRestore)
  declare restores: HasMany<typeof BackupRestore>

  get isOver() {
    return this.state === 'restoring' || this.state === 'failed'
  }

  /** From the moment of the request nothing is done on the old machine any more: the row has no key of it. */
  static async request(server: Server, staff: Staff): Promise<ServerRebuild> {
    if (server.kind !== 'virtual' || server.isEnded) throw new Refusal('server_is_not_ours_to_make')
    const author = providerFor(server.contractId, 'staff')
    const operation = { action: 'server_rebuild.store', target: server.name }
    return operate(author, operation, async (client) => {
      const locked = await Server.lock(server.id, client)
      const under = await this.query({ client })
        .where('serverId', server.id)
        .whereIn('state', ['waiting', 'building'])
        .first()
      if (under || locked.state === 'building') throw new Refusal('server_is_being_built')
      const { id: serverId } = locked
      const facts = { serverId, requestedBy: staff.login, state: 'waiting' as const }
      const rebuild = await this.create(facts, { client })
      await locked.merge({ state: 'building', hostKey: null, lastConvergedAt: null }).save()
      // What the panel wrote on the old one is not on the new one.
      await client.from('manifest_entries').where('server_id', serverId).delete()
      const task = await Task.enqueue(
        {
          kind: 'rebuild_server',
          payload: { rebuildId: rebuild.id },
          lockKey: `server:${serverId}`,
          serverId,
        },
        client
      )
      return rebuild.merge({ taskId: task.id }).save()
    })
  }

  async begin() {
    const row: ServerRebuild = this
    await row.merge({ state: 'building' }).save()
  }

  async fail() {
    const row: ServerRebuild = this
    await row.merge({ state: 'failed' }).save()
    const server = await Server.findOrFail(this.serverId)
    if (server.state === 'building') await server.merge({ state: 'failed' }).save()
  }

  /** The machine is there: everything is asked for at once, each domain by itself, so that what one refuses stops no other. */
  async restoreAll() {
    for (const backup of await newestOfServer(this.serverId)) {
      const restore = await this.#restore(backup)
      await restore?.merge({ serverRebuildId: this.id }).save()
    }
    const row: ServerRebuild = this
    await row.merge({ state: 'restoring', builtAt: DateTime.utc() }).save()
  }

  async #restore(backup: Backup): Promise<BackupRestore | null> {
    const known = { serverRebuildId: this.id, backupId: backup.id }
    if (await BackupRestore.query().where(known).first()) return null
    if (backup.kind === 'share') return BackupRestore.share(backup)
    const domain = await Domain.query()
      .where('id', Number(backup.domainId))
      .whereNull('deletedAt')
      .first()
    return domain && BackupRestore.everything(backup, domain)
  }
}
