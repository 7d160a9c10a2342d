import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import { makeContract, makeServer } from '#database/factories/tenant'
import ResizeServer from '#jobs/resize_server'
import PerformOrder from '#jobs/perform_order'
import Order from '#models/order'
import OrderEvent from '#models/order_event'
import Task from '#models/task'
import { applyAt } from '#tests/support/order_table'
import { silence, workerFor } from '#tests/support/task_fixtures'

test.group('OPT-01: a plan that can’t be changed', (group) => {
  group.setup(silence)
  group.each.setup(() => testUtils.db().truncate())

  async function changed() {
    const { contract, contractor } = await makeContract()
    const server = await makeServer(contract)
    // As the node's own are called, or nobody would be asked at all
    await server.merge({ instance: `tsukasa-${server.name}` }).save()
    const details = { plan: 'C', when: 'now' }
    const wish = { serverId: server.id, details }
    const order = await applyAt(new Date(), contractor, 'plan_change', wish)
    await workerFor([PerformOrder, ResizeServer], { backoff: () => 0 }).runUntilIdle()
    await server.refresh()
    return { server, order: await Order.findOrFail(order.id) }
  }

  test('nobody answers at the node: the plan and the fees stay, and staff is told', async ({
    assert,
  }) => {
    const { server, order } = await changed()
    assert.equal(server.plan, 'A')
    assert.equal(order.state, 'working')
    const late = await OrderEvent.query().where({ orderId: order.id, what: 'late' }).firstOrFail()
    assert.isTrue(late.isInternal)
    const task = await Task.query().where('kind', 'resize_server').firstOrFail()
    assert.equal(task.state, 'failed')
    assert.equal(task.attempts, 3)
    assert.match(task.message!, /元のプラン/)
  })

  test('a task that is given out again after the order has ended changes nothing', async ({
    assert,
  }) => {
    const { order } = await changed()
    await order.merge({ state: 'rejected', openKey: null }).save()
    const [task] = await Task.query().where('kind', 'resize_server')
    await task.merge({ state: 'queued', attempts: 0 }).save()
    await workerFor([ResizeServer], { backoff: () => 0 }).runUntilIdle()
    await task.refresh()
    assert.equal(task.state, 'done')
  })
})
