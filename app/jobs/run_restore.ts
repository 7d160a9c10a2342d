import {
  bringDatabases,
  bringEverything,
  bringMailbox,
  bringShare,
  clear,
  placeOf,
  type Return,
} from '#backup/restoration'
import { codeOf } from '#backup/generation'
import { BackupProblem } from '#backup/problem'
import { PermanentFailure, type Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Backup from '#models/backup'
import BackupRestore from '#models/backup_restore'
import type { Part } from '#models/backup/part'
import Domain from '#models/domain'
import Server from '#models/server'

/** BKP-02: something comes back from a backup. It may be cut off anywhere: what was put together is cleared and made anew. */
export default class RunRestore implements Job {
  static readonly kind = 'run_restore'
  static readonly takesLong = true

  async handle(run: TaskRun) {
    const { restoreId } = (run.payload ?? {}) as { restoreId?: unknown }
    const restore = await BackupRestore.find(Number(restoreId))
    if (!restore || restore.isOver) return
    await restore.begin()
    try {
      await restore.finish(await this.#bring(restore, run))
    } catch (error) {
      if (run.signal.aborted) throw error
      await run.log(error instanceof Error ? error.message : String(error), 'error')
      if (!run.isLastAttempt && codeOf(error) === 'unreachable') throw error
      await restore.finish([], codeOf(error))
    }
    if (restore.state === 'failed') throw new PermanentFailure(say('copies.restore_failed'))
    run.lastWords = say('copies.restore_done')
  }

  async #bring(restore: BackupRestore, run: TaskRun): Promise<Part[]> {
    const backup = await Backup.usable(restore.backupId)
    if (!backup) throw new BackupProblem('no_backup', 'removed meanwhile')
    const domain =
      restore.domainId === null
        ? null
        : await Domain.query().where('id', restore.domainId).whereNull('deletedAt').first()
    const server = await Server.findOrFail(domain?.serverId ?? restore.serverId)
    const words = say('copies.restoring')
    const tell = (percent: number) => void run.progress(percent, words).catch(() => {})
    const { signal } = run
    const work: Return = { restore, backup, host: backup.backupHost, server, signal, tell }
    if (restore.kind === 'share') return bringShare(work)
    if (!domain) throw new BackupProblem('gone', 'the domain is gone')
    try {
      return await this.#bringInto(work, domain)
    } catch (error) {
      // Half of it would only take room; whoever is not reached now is cleared by the next one.
      await clear(work, placeOf(domain)).catch(() => {})
      throw error
    }
  }

  async #bringInto(work: Return, domain: Domain): Promise<Part[]> {
    const { kind, part } = work.restore
    if (kind === 'everything') return bringEverything(work, domain)
    if (kind === 'mailbox') return bringMailbox(work, domain, part!)
    return bringDatabases(work, domain, [part!])
  }
}
