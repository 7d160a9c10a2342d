import { collations } from '#convergence/services/mariadb/accounts'
import { Unreachable } from '#convergence/transports/transport'
import { PermanentFailure, type Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Database from '#models/database'
import DatabaseTransfer from '#models/database_transfer'
import { runTransfer, type TransferProblem } from '#monitoring/databases/transfers'

/** The server ends it after an hour by itself; one that does not is not waited for. */
const longestMs = 70 * 60_000

/** Brings a dump, or another database, into a database (WEB-04). Once: half of it is not done again by itself. */
export default class RunDatabaseTransfer implements Job {
  static readonly kind = 'run_database_transfer'
  static readonly takesLong = true

  async handle(run: TaskRun) {
    const { transferId } = (run.payload ?? {}) as { transferId?: unknown }
    const transfer = await DatabaseTransfer.find(Number(transferId))
    if (!transfer || transfer.isOver) return
    await transfer.begin()
    const problem = await this.#run(transfer, run)
    await transfer.finish(problem?.reason ?? null, problem?.words)
    if (problem) throw new PermanentFailure(say('database_transfer_failed'), { cause: problem })
    run.lastWords = say('database_transfer_done')
  }

  async #run(transfer: DatabaseTransfer, run: TaskRun): Promise<TransferProblem | null> {
    const database = await Database.query()
      .where('id', transfer.databaseId)
      .preload('domain', (domain) => domain.preload('server'))
      .firstOrFail()
    const given = await argumentsOf(transfer, database)
    if (!given) return { reason: 'failed', words: null }
    const tell = (percent: number) => {
      run.progress(percent, say('database_transfer', { percent })).catch(() => {})
    }
    tell(0)
    try {
      const signal = AbortSignal.any([run.signal, AbortSignal.timeout(longestMs)])
      return await runTransfer(database.domain.server, given, signal, tell)
    } catch (error) {
      if (error instanceof Unreachable) return { reason: 'unreachable', words: null }
      throw error
    }
  }
}

async function argumentsOf(transfer: DatabaseTransfer, { name, domainId, charset }: Database) {
  const { id, kind, given } = transfer
  const own = [charset, collations[charset]]
  if (kind === 'import') return ['import', String(id), name, given, ...own]
  const source = await Database.query()
    .where({ id: Number(given), domainId })
    .first()
  return source && ['copy', source.name, name, ...own]
}
