import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { sqlTime } from '#models/task/clock'

const dayMs = 86_400_000
const batch = 500

/** Days for which things are kept. Failures longer, because people ask about them later; PNL-08: a year. */
const kept = {
  done: 30,
  cancelled: 30,
  failed: 180,
  runs: 180,
  operationLogs: 366,
  unconfirmedImports: 2,
  imports: 366,
  nameClaims: 366,
  tamperLooks: 180,
}

/** Removes rows that nobody needs any more, in small steps so that nobody waits for it. */
export default class PruneRecords implements Job {
  static readonly kind = 'prune_records'

  async handle({ signal }: Pick<TaskRun, 'signal'>) {
    for (const state of ['done', 'cancelled', 'failed'] as const) {
      const ended = () => db.from('tasks').where('state', state)
      await prune('tasks', () => ended().where('finished_at', '<', daysAgo(kept[state])), signal, {
        table: 'task_logs',
        column: 'task_id',
      })
    }
    await prune(
      'runs',
      () => db.from('runs').where('started_at', '<', daysAgo(kept.runs)),
      signal,
      {
        table: 'run_steps',
        column: 'run_id',
      }
    )
    const logs = () =>
      db.from('operation_logs').where('created_at', '<', daysAgo(kept.operationLogs))
    await prune('operation_logs', logs, signal)
    // What nobody confirmed holds hashes and addresses; of what was done only names are left.
    const forgotten = () =>
      db
        .from('imports')
        .where('state', 'checked')
        .where('created_at', '<', daysAgo(kept.unconfirmedImports))
    await prune('imports', forgotten, signal)
    const imports = () => db.from('imports').where('created_at', '<', daysAgo(kept.imports))
    await prune('imports', imports, signal)
    const claims = () => db.from('name_claims').where('expires_at', '<', daysAgo(kept.nameClaims))
    await prune('name_claims', claims, signal)
    const looks = () => db.from('tamper_looks').where('created_at', '<', daysAgo(kept.tamperLooks))
    await prune('tamper_looks', looks, signal)
    await db.from('released_names').where('until', '<', sqlTime()).delete()
    await db.from('sessions').where('expires_at', '<', sqlTime()).delete()
  }
}

const daysAgo = (days: number) => sqlTime(new Date(Date.now() - days * dayMs))

interface Parts {
  readonly table: string
  readonly column: string
}

async function prune(
  table: string,
  old: () => DatabaseQueryBuilderContract<any>,
  signal: AbortSignal,
  parts?: Parts
) {
  while (!signal.aborted) {
    const rows: { id: number }[] = await old().select('id').orderBy('id').limit(batch)
    if (rows.length === 0) return
    const ids = rows.map(({ id }) => id)
    if (parts) await db.from(parts.table).whereIn(parts.column, ids).delete()
    await db.from(table).whereIn('id', ids).delete()
  }
}
