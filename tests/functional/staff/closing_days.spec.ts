import { randomUUID } from 'node:crypto'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { Day } from '#calendar/day'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import RecountOrders from '#jobs/recount_orders'
import ClosingDay from '#models/closing_day'
import Order from '#models/order'
import OrderEvent from '#models/order_event'
import type Staff from '#models/staff'
import Task from '#models/task'
import { providerCalendar } from '#orders/calendar'

const close = (client: ApiClient, form: object, staff: Staff) =>
  client
    .post('/staff/closing_days')
    .form(form)
    .withGuard('staff')
    .loginAs(staff)
    .withCsrfToken()
    .redirects(0)

const today = () => Day.at(new Date())
const signal = new AbortController().signal

async function ordered() {
  const { contractor, contract, domain } = await makeTenant()
  const request = { kind: 'access_analysis', contractId: contract.id, domainId: domain.id }
  return Order.place({ ...request, details: {}, token: randomUUID() }, contractor)
}

test.group('Closing days', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-01: on a day that staff closed nobody works', async ({ assert, client }) => {
    const staff = await makeStaff()
    const from = today().plus(10)
    const wish = {
      closing_from: `${from}`,
      closing_until: `${from.plus(2)}`,
      closing_name: '夏季休業',
    }
    await close(client, wish, staff)
    const calendar = await providerCalendar()
    for (const ahead of [10, 11, 12]) assert.isFalse(calendar.isOpen(today().plus(ahead)))
    const page = await client.get('/staff/closing_days').withGuard('staff').loginAs(staff)
    page.assertTextIncludes('夏季休業')
    const [first] = await ClosingDay.query().orderBy('day')
    await client
      .post(`/staff/closing_days/${first.id}?_method=DELETE`)
      .form({})
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
    assert.isNull(await ClosingDay.findBy('day', first.day))
  })

  test('ORD-01: a day that is closed already gets the new name', async ({ assert, client }) => {
    const staff = await makeStaff()
    const day = `${today().plus(5)}`
    for (const name of ['棚卸', '創立記念日'])
      await close(client, { closing_from: day, closing_name: name }, staff)
    const rows = await ClosingDay.query().where('day', day)
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['創立記念日']
    )
  })

  test('ORD-01: days that are over, none, too many or turned round are refused', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const name = { closing_name: '休み' }
    const wishes: [object, string][] = [
      [{ ...name, closing_from: `${today().plus(-1)}` }, 'closing_from'],
      [{ ...name, closing_from: '2026-02-30' }, 'closing_from'],
      [{ closing_from: `${today()}` }, 'closing_name'],
      [
        { ...name, closing_from: `${today().plus(3)}`, closing_until: `${today().plus(2)}` },
        'closing_until',
      ],
      [
        { ...name, closing_from: `${today().plus(3)}`, closing_until: `${today().plus(40)}` },
        'closing_until',
      ],
    ]
    for (const [wish, field] of wishes) {
      const refused = await close(client, wish, staff)
      assert.property(refused.flashMessage('inputErrorsBag'), field)
    }
    assert.lengthOf(await ClosingDay.query().where('name', '休み'), 0)
  })

  test('ORD-01: a day that was only expected is counted anew when it is closed, and the customer is told', async ({
    assert,
    client,
  }) => {
    const order = await ordered()
    const before = Day.of(order.dueOn!)
    await close(client, { closing_from: `${before}`, closing_name: '停電' }, await makeStaff())
    const task = await Task.findByOrFail({ kind: 'recount_orders' })
    assert.equal(task.state, 'queued')
    await new RecountOrders().handle({ signal })
    await order.refresh()
    const calendar = await providerCalendar()
    const after = Day.of(order.dueOn!)
    assert.isTrue(after.isAfter(before))
    assert.isTrue(calendar.isOpen(after))
    assert.equal(String(Day.at(order.dueAt!.toJSDate())), String(after))
    const told = await OrderEvent.query().where({ orderId: order.id, what: 'note' }).firstOrFail()
    assert.isFalse(told.isInternal)
    await new RecountOrders().handle({ signal })
    assert.lengthOf(await OrderEvent.query().where({ orderId: order.id, what: 'note' }), 1)
  })

  test('ORD-01: a day that was chosen stays, and the queue says that nobody is there', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const order = await ordered()
    await order.merge({ dueChosen: true }).save()
    const before = order.dueOn
    await close(client, { closing_from: before, closing_name: '停電' }, staff)
    await new RecountOrders().handle({ signal })
    await order.refresh()
    assert.equal(order.dueOn, before)
    const queue = await client.get('/staff/orders').withGuard('staff').loginAs(staff)
    queue.assertTextIncludes('status--warn">休業日')
    const page = await client.get(`/staff/orders/${order.id}`).withGuard('staff').loginAs(staff)
    page.assertTextIncludes('この日時は、いまは作業できません')
  })
})
