import { codeOf } from '#backup/generation'
import { tryOut } from '#backup/restoration'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import Backup from '#models/backup'
import BackupRestore from '#models/backup_restore'
import Server from '#models/server'

/** BKP-02: each month the newest copy of one domain of each server is brought back for trial; staff see what came of it. */
export default class TryRestores implements Job {
  static readonly kind = 'try_restores'
  static readonly takesLong = true

  async handle(run: Pick<TaskRun, 'signal' | 'log'>) {
    const servers = await Server.query().where('state', 'running').whereNotNull('hostKey')
    for (const server of servers) {
      run.signal.throwIfAborted()
      const backup = await anyOf(server)
      if (backup) await tryRestore(backup, server, run)
    }
  }
}

export async function tryRestore(
  backup: Backup,
  server: Server,
  { signal, log }: Pick<TaskRun, 'signal' | 'log'>
): Promise<BackupRestore> {
  const restore = await BackupRestore.test(backup)
  const work = { restore, backup, host: backup.backupHost, server, signal, tell: () => {} }
  try {
    await restore.finish(await tryOut(work))
  } catch (error) {
    if (signal.aborted) throw error
    await restore.finish([], codeOf(error))
    await log(`${backup.name}: ${error instanceof Error ? error.message : error}`, 'error')
  }
  return restore
}

/** The newest of a domain that was tried the longest ago, or never. */
async function anyOf(server: Server): Promise<Backup | null> {
  const backups = await Backup.query()
    .where({ kind: 'domain', serverId: server.id })
    .whereIn('state', ['done', 'partial'])
    .whereNull('removedAt')
    .preload('backupHost')
    .orderBy('id', 'desc')
  const newest = new Map(backups.toReversed().map((each) => [each.domainId, each]))
  const tried = await BackupRestore.query()
    .where({ kind: 'test', serverId: server.id })
    .orderBy('id')
  const lastTry = new Map(tried.map(({ domainId, id }) => [domainId, id]))
  const inOrder = [...newest.values()].toSorted(
    (one, other) => (lastTry.get(one.domainId) ?? 0) - (lastTry.get(other.domainId) ?? 0)
  )
  return inOrder[0] ?? null
}
