import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { Day } from '#calendar/day'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import Order from '#models/order'
import OrderEvent from '#models/order_event'
import type Staff from '#models/staff'
import { kinds } from '#orders/index'

const look = (client: ApiClient, query: string, staff: Staff) =>
  client.get(`/staff/orders/create?${query}`).withGuard('staff').loginAs(staff)

const enter = (client: ApiClient, query: string, form: object, staff: Staff) =>
  client
    .post(`/staff/orders?${query}`)
    .form({ token: 'a'.repeat(32), ...form })
    .withGuard('staff')
    .loginAs(staff)
    .withCsrfToken()
    .redirects(0)

/** A business day in two weeks at the earliest, whose next day is one, too. */
async function openDay() {
  const { providerCalendar } = await import('#orders/calendar')
  const calendar = await providerCalendar()
  let day = calendar.openFrom(Day.at(new Date()).plus(14))
  while (!calendar.isOpen(day.plus(1))) day = calendar.openFrom(day.plus(1))
  return day.toString()
}

test.group('Orders on paper', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-05: the form asks for contract and kind, then for what it is about', async ({
    client,
  }) => {
    const { contract, server } = await makeTenant()
    const staff = await makeStaff()
    const begin = await look(client, '', staff)
    begin.assertTextIncludes('契約ID')
    const unknown = await look(client, 'contract=c0&kind=disk_extension', staff)
    unknown.assertTextIncludes('見つかりませんでした')
    const things = await look(client, `contract=${contract.code}&kind=disk_extension`, staff)
    things.assertTextIncludes(`server_id=${server.id}`)
    const query = `contract=${contract.code}&kind=disk_extension&server_id=${server.id}`
    const form = await look(client, query, staff)
    form.assertTextIncludes('18:00〜21:00')
  })

  test('ORD-05: every kind can be entered, and its page says so', async ({ assert, client }) => {
    const { contract, server, domain } = await makeTenant()
    const staff = await makeStaff()
    const ids = { server: server.id, domain: domain.id } as Record<string, number>
    for (const kind of kinds) {
      const id = ids[kind.subject] ? `&${kind.subject}_id=${ids[kind.subject]}` : ''
      const page = await look(client, `contract=${contract.code}&kind=${kind.name}${id}`, staff)
      assert.equal(page.status(), 200, kind.name)
      assert.notInclude(page.text(), 'translation missing', kind.name)
    }
  })

  test('ORD-05: a night of disk extension is entered by staff', async ({ assert, client }) => {
    const { contract, server } = await makeTenant()
    const staff = await makeStaff()
    const query = `contract=${contract.code}&kind=disk_extension`
    const wish = {
      server_id: server.id,
      units: 1,
      due_on: await openDay(),
      work_window: '21-24',
    }
    const answer = await enter(client, query, wish, staff)
    const order = await Order.findByOrFail('contractId', contract.id)
    assert.equal(answer.header('location'), `/staff/orders/${order.id}`)
    assert.equal(order.workWindow, '21-24')
    assert.equal(order.staffId, staff.id)
    assert.isNull(order.accountId)
    await enter(client, query, wish, staff)
    assert.lengthOf(await Order.query().where('contractId', contract.id), 1)
  })

  test('ORD-05: a day that the tables don’t allow needs a reason, which the customer reads', async ({
    assert,
    client,
  }) => {
    const { contract, domain } = await makeTenant()
    const staff = await makeStaff()
    const query = `contract=${contract.code}&kind=access_analysis`
    const day = Day.at(new Date()).plus(3).toString()
    const wish = { domain_id: domain.id, page_views: 1000, due_on: day }
    await enter(client, query, { ...wish, paper_reason: 'お電話で確認済み' }, staff)
    const order = await Order.findByOrFail('contractId', contract.id)
    assert.equal(order.dueOn, day)
    const event = await OrderEvent.findByOrFail('orderId', order.id)
    assert.equal(event.text, 'お電話で確認済み')
    assert.isFalse(event.isInternal)
  })

  test('ORD-05: what is missing on the paper makes it 受付不備 from the start', async ({
    assert,
    client,
  }) => {
    const { contract, domain } = await makeTenant()
    const staff = await makeStaff()
    const wish = { domain_id: domain.id, page_views: 1000, paper_missing: '印鑑' }
    await enter(client, `contract=${contract.code}&kind=access_analysis`, wish, staff)
    const order = await Order.findByOrFail('contractId', contract.id)
    assert.equal(order.state, 'incomplete')
    assert.isNull(order.receivedOn)
  })

  test('ORD-05: nothing of another contract is ordered', async ({ assert, client }) => {
    const [own, other] = [await makeTenant(), await makeTenant()]
    const staff = await makeStaff()
    const query = `contract=${own.contract.code}&kind=access_analysis`
    const wish = { domain_id: other.domain.id, page_views: 1000 }
    const answer = await enter(client, query, wish, staff)
    assert.equal(answer.status(), 404)
    for (const { id } of [own.contract, other.contract])
      assert.lengthOf(await Order.query().where('contractId', id), 0)
  })

  test('ORD-05: who forgets something is sent back to the same form, with what was typed', async ({
    assert,
    client,
  }) => {
    const { contract, server } = await makeTenant()
    const staff = await makeStaff()
    const query = `contract=${contract.code}&kind=disk_extension&server_id=${server.id}`
    const page = await client
      .post(`/staff/orders?${query}`)
      .header('referer', `${process.env.APP_URL}/staff/orders/create?${query}`)
      .form({ token: 'a'.repeat(32), server_id: server.id, units: '3' })
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
    assert.lengthOf(await Order.query().where('contractId', contract.id), 0)
    page.assertTextIncludes('入力内容を確認してください')
    page.assertTextIncludes('申込を登録する')
  })
})
