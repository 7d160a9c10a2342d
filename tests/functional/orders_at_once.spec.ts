import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import { orderToken } from '#database/factories/order'
import Order from '#models/order'
import OrderEvent from '#models/order_event'
import { performDue } from '#orders/performing'

/** Each request has a transaction of its own, as it has in the panel. */
test.group('Orders at the same moment', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  test('ORD-06: the same form sent fifty times at once is one order', async ({
    assert,
    client,
  }) => {
    const { contractor, domain } = await makeTenant()
    const path = `/orders?kind=access_analysis&domain_id=${domain.id}`
    const form = { token: orderToken(), page_views: '1000' }
    const posts = Array.from({ length: 50 }, () =>
      client.post(path).form(form).loginAs(contractor).withCsrfToken().redirects(0)
    )
    const answers = await Promise.all(posts)
    const [order, ...others] = await Order.query()
    assert.isEmpty(others)
    const targets = new Set(answers.map((each) => each.header('location')))
    assert.deepEqual([...targets], [`/orders/${order.id}`])
    assert.lengthOf(await OrderEvent.query(), 1)
  }).timeout(60_000)

  test('OPT-01: of several plan changes of a server at once there is one', async ({ assert }) => {
    const { contract, contractor, server } = await makeTenant()
    const wish = { kind: 'plan_change', contractId: contract.id, serverId: server.id }
    const details = { plan: 'B', when: 'now' }
    const placed = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        Order.place({ ...wish, details, token: orderToken() }, contractor)
      )
    )
    assert.lengthOf(
      placed.filter(({ status }) => status === 'fulfilled'),
      1
    )
    assert.lengthOf(await Order.query(), 1)
  }).timeout(60_000)

  test('ORD-06: two workers at the same order do it once', async ({ assert }) => {
    const { contract, contractor, domain } = await makeTenant()
    const wish = { kind: 'waf', contractId: contract.id, domainId: domain.id, details: {} }
    const order = await Order.place({ ...wish, token: orderToken() }, contractor)
    await Promise.all([1, 2, 3].map(async () => performDue(await Order.findOrFail(order.id))))
    const done = await OrderEvent.query().where({ orderId: order.id, what: 'done' })
    assert.lengthOf(done, 1)
  }).timeout(60_000)
})
