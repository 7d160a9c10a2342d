import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { takeAddress } from '#compute/address_pool'
import BuildServer from '#jobs/build_server'
import Task from '#models/task'
import { silence, workerFor } from '#tests/support/task_fixtures'
import { orderServers } from '#tests/support/ordered_servers'

async function buildOf(serverId: number) {
  const task = await Task.query().where('serverId', serverId).firstOrFail()
  return { state: task.state, attempts: task.attempts, message: task.message }
}

test.group('SRV-01: building a server that can’t be built', (group) => {
  group.setup(silence)
  group.each.setup(() => testUtils.db().truncate())

  test('no address is left: it ends at once, in words for the customer', async ({ assert }) => {
    const [other, server] = await orderServers(2, 1)
    await db.transaction((trx) => takeAddress(other.id, trx))
    await Task.query().where('serverId', other.id).delete()
    await workerFor([BuildServer]).runUntilIdle()
    const task = await buildOf(server.id)
    assert.containsSubset(task, { state: 'failed', attempts: 1 })
    assert.match(task.message!, /[ぁ-ん]/)
    assert.notMatch(task.message!, /compute node/)
    await server.refresh()
    assert.equal(server.state, 'failed')
  })

  test('nobody answers at the node: it is tried again, and failed only after the last try', async ({
    assert,
  }) => {
    const [server] = await orderServers(1, 1)
    const worker = workerFor([BuildServer], { backoff: (attempts) => (attempts < 2 ? 0 : 60_000) })
    await worker.runUntilIdle()
    assert.propertyVal(await buildOf(server.id), 'state', 'queued')
    await server.refresh()
    assert.equal(server.state, 'building')
    assert.isNotNull(server.address)
    await Task.query().update({ run_at: '2020-01-01 00:00:00' })
    await workerFor([BuildServer]).runUntilIdle()
    await server.refresh()
    assert.equal(server.state, 'failed')
    assert.propertyVal(await buildOf(server.id), 'state', 'failed')
  })
})
