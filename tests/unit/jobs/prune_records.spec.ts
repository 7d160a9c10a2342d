import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { DateTime } from 'luxon'
import { makeTenant } from '#database/factories/tenant'
import PruneRecords from '#jobs/prune_records'
import Import from '#models/import'
import { importRow } from '#tests/support/csv_files'

const daysAgo = (days: number) => DateTime.utc().minus({ days }).toSQL({ includeOffset: false })!

test.group('Pruning', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  async function logLine(days: number) {
    const line = { actor: 'c000001', role: 'contractor', action: 'session.store', succeeded: true }
    await db.table('operation_logs').insert({ ...line, created_at: daysAgo(days) })
  }

  async function task(state: string, days: number) {
    const row = { kind: 'nothing', payload: 'null', state, run_at: daysAgo(days) }
    const times = { created_at: daysAgo(days), finished_at: daysAgo(days) }
    await db.table('tasks').insert({ ...row, ...times })
  }

  test('PNL-08: operation log lines stay for a year, and no longer', async ({ assert }) => {
    for (const days of [1, 364, 367, 800]) await logLine(days)
    await new PruneRecords().handle({ signal: new AbortController().signal })
    const rows = await db.from('operation_logs').select('id')
    assert.lengthOf(rows, 2)
  })

  test('ended tasks stay for a month, failed ones for half a year', async ({ assert }) => {
    for (const days of [29, 31, 181]) {
      await task('done', days)
      await task('failed', days)
    }
    await new PruneRecords().handle({ signal: new AbortController().signal })
    const rows = await db.from('tasks').select('state').orderBy('id')
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['done', 'failed', 'failed']
    )
  })

  test('USR-06: what nobody confirmed goes after two days, results stay for a year', async ({
    assert,
  }) => {
    const { domain } = await makeTenant()
    for (const [state, days] of [
      ['checked', 1],
      ['checked', 3],
      ['done', 300],
      ['done', 400],
    ] as const) {
      const createdAt = DateTime.utc().minus({ days })
      await Import.create({ ...importRow(domain), state, createdAt })
    }
    await new PruneRecords().handle({ signal: new AbortController().signal })
    const rows = await Import.query().orderBy('id')
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['checked', 'done']
    )
  })
})
