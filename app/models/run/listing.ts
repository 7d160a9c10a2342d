import db from '@adonisjs/lucid/services/db'
import { pageOf } from '#models/page'
import type { RunState } from '#models/run'
import { readFigures } from '#models/run/figures'

export interface RunRow {
  readonly id: number
  readonly reason: string
  readonly scope: string
  readonly state: RunState
  readonly dry_run: boolean | number
  readonly message: string | null
  readonly figures: string | null
  readonly started_at: string
  readonly finished_at: string | null
}

export async function runsOfServer(serverId: number, page: number) {
  const query = db
    .from('runs')
    .where('server_id', serverId)
    .select('id', 'reason', 'scope', 'state', 'dry_run', 'message', 'figures')
    .select('started_at', 'finished_at')
    .orderBy('id', 'desc')
  const runs = await pageOf<RunRow>(query, page)
  const rows = runs.rows.map((run) => ({ ...run, totalMs: readFigures(run.figures).totalMs }))
  return { ...runs, rows }
}
