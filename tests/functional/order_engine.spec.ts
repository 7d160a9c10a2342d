import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import { makeTenant } from '#database/factories/tenant'
import Order from '#models/order'
import OrderEvent from '#models/order_event'

test.group('Orders', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-06: an order is there once however often its form is sent', async ({ assert }) => {
    const { contractor, contract, domain } = await makeTenant()
    const request = {
      kind: 'access_analysis',
      contractId: contract.id,
      domainId: domain.id,
      details: {},
      token: randomUUID(),
    }
    const order = await Order.place(request, contractor)
    const again = await Order.place(request, contractor)
    assert.equal(again.id, order.id)
    assert.equal(order.state, 'received')
    assert.equal(order.serverId, domain.serverId)
    assert.isNotNull(order.dueOn)
    await order.withdraw(contractor)
    assert.equal(order.state, 'withdrawn')
    const events = await OrderEvent.query().where('orderId', order.id).orderBy('id')
    assert.deepEqual(
      events.map(({ what, role }) => [what, role]),
      [
        ['received', 'contractor'],
        ['withdrawn', 'contractor'],
      ]
    )
  })
})
