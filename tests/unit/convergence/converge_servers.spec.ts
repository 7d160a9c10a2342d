import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import ConvergeServers from '#jobs/converge_servers'
import Schedule from '#models/schedule'
import Task from '#models/task'
import { schedules } from '#jobs/index'
import { makeContract, makeServer } from '#database/factories/tenant'
import { clearTasks, workerFor } from '#tests/support/task_fixtures'

async function serverWith(...states: string[]) {
  const { contract } = await makeContract()
  const server = await makeServer(contract)
  await server.merge({ hostKey: 'ssh-ed25519 AAAA' }).save()
  for (const state of states) {
    const started = { reason: 'test', scope: 'all', started_at: '2026-01-01 00:00:00.000' }
    await db.table('runs').insert({ server_id: server.id, state, dry_run: false, ...started })
  }
  return server.id
}

async function queuedFor(payload: object) {
  await Task.enqueue({ kind: ConvergeServers.kind, payload })
  await workerFor([ConvergeServers]).runUntilIdle()
  const tasks = await Task.query().where({ kind: 'converge_server', state: 'queued' })
  return tasks.map(({ serverId }) => serverId)
}

test.group('Full applies by the clock', (group) => {
  group.each.setup(async () => {
    await clearTasks()
    return clearTasks
  })

  test('REL-03: every hour, servers whose last apply did not land', async ({ assert }) => {
    const [landed, failed, healed, partial] = [
      await serverWith('failed', 'done'),
      await serverWith('done', 'failed'),
      await serverWith('rolled_back', 'unchanged'),
      await serverWith('partial'),
    ]
    const queued = await queuedFor({ unsettled: true })
    assert.includeMembers(queued, [failed, partial])
    assert.notInclude(queued, landed)
    assert.notInclude(queued, healed)
  })

  test('REL-03: every night all of them, each once however often it is asked', async ({
    assert,
  }) => {
    const ids = [await serverWith('done'), await serverWith()]
    await queuedFor({})
    const queued = await queuedFor({})
    for (const id of ids)
      assert.lengthOf(
        queued.filter((one) => one === id),
        1
      )
  })

  test('the clock knows both', async ({ assert }) => {
    await Schedule.declare(schedules)
    const kinds = schedules.filter(({ kind }) => kind === ConvergeServers.kind)
    assert.deepEqual(
      kinds.map(({ payload }) => payload),
      [undefined, { unsettled: true }]
    )
  })
})
