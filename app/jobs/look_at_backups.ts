import { codeOf, forget, verify } from '#backup/generation'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import Backup from '#models/backup'
import { sqlTime } from '#models/task/clock'

/** Of those that were looked at the longest ago, so many a day. */
const looksAtOnce = 200

/**
 * BKP-02: what is kept is read from the disk of the backup host and compared with what it was: new generations the morning after,
 * all others in turn. Copies of domains that are gone go when their time is over.
 */
export default class LookAtBackups implements Job {
  static readonly kind = 'look_at_backups'
  static readonly takesLong = true

  async handle(run: Pick<TaskRun, 'signal' | 'log'>) {
    await this.#endOld(run)
    for (const backup of await dueForALook()) {
      run.signal.throwIfAborted()
      try {
        const { damaged, names } = await verify(backup, backup.backupHost, run.signal)
        await backup.noteVerified(damaged)
        if (damaged > 0) await run.log(`${backup.name} ${backup.id}: ${names.join(', ')}`, 'error')
      } catch (error) {
        if (run.signal.aborted) throw error
        if (codeOf(error) === 'gone') await backup.noteKept([])
        await run.log(`${backup.name}: ${error instanceof Error ? error.message : error}`, 'error')
      }
    }
  }

  async #endOld(run: Pick<TaskRun, 'log'>) {
    const over = await Backup.query()
      .where('endsAt', '<', sqlTime())
      .whereNull('removedAt')
      .preload('backupHost')
    for (const backup of over) {
      await backup.noteKept(await forget(backup.backupHost, backup.set, 'all'))
      await run.log(`${backup.name}: its copies went`)
    }
  }
}

function dueForALook(): Promise<Backup[]> {
  return Backup.query()
    .whereIn('state', ['done', 'partial'])
    .whereNull('removedAt')
    .where((query) =>
      query.whereNull('verifiedAt').orWhere('verifiedAt', '<', sqlTime(new Date(Date.now() - week)))
    )
    .orderBy('verifiedAt')
    .orderBy('id')
    .limit(looksAtOnce)
    .preload('backupHost')
}

const week = 7 * 86_400_000
