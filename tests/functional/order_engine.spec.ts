import mail from '@adonisjs/mail/services/main'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { Day } from '#calendar/day'
import { makeOrder, orderToken } from '#database/factories/order'
import { makeStaff, makeTenant, type Tenant } from '#database/factories/tenant'
import { Refusal } from '#exceptions/refusals'
import { tellOfStep } from '#mails/order_step'
import ClosingDay from '#models/closing_day'
import Order from '#models/order'
import { contractor as byContractor, system } from '#models/order/author'
import { historyOf } from '#models/order/history'
import { openProposal } from '#models/order/proposing'
import OrderEvent from '#models/order_event'
import Task from '#models/task'
import { performDue } from '#orders/performing'
import { place } from '#orders/placing'

/** 2026-11-24 is a Tuesday and open; the 23rd before it is a holiday. */
const at = (day: string, hour = 10, minute = 0) => Day.of(day).time(hour, minute)

function placeAt(moment: Date, { contract, contractor, domain }: Tenant) {
  const wish = { kind: 'access_analysis', contractId: contract.id, domainId: domain.id }
  const request = { ...wish, details: { page_views: 1 }, token: orderToken() }
  return place(request, byContractor(contractor), {}, moment)
}

function extendDisk(moment: Date, { contract, contractor, server }: Tenant, dueOn: string) {
  const wish = { kind: 'disk_extension', contractId: contract.id, serverId: server.id }
  const details = { units: 1 }
  const request = { ...wish, details, dueOn, window: '10-12', token: orderToken() }
  return place(request, byContractor(contractor), {}, moment)
}

async function refused(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason
  )
  return error instanceof Refusal ? error.key : error
}

const whats = async (order: Order) => {
  const events = await OrderEvent.query().where('orderId', order.id).orderBy('id')
  return events.map(({ what, role }) => `${what} ${role}`)
}

test.group('ORD-06: the engine of orders', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-01: the minute before 17:00 counts today, 17:00 and a holiday the next business day', async ({
    assert,
  }) => {
    const cases = {
      '2026-11-24T16:59': '2026-11-24',
      '2026-11-24T17:00': '2026-11-25',
      '2026-11-23T10:00': '2026-11-24',
      '2026-11-27T23:59': '2026-11-30',
      '2026-12-28T17:00': '2027-01-04',
    }
    for (const [moment, counts] of Object.entries(cases)) {
      const [day, time] = moment.split('T')
      const [hour, minute] = time.split(':').map(Number)
      const order = await placeAt(at(day, hour, minute), await makeTenant())
      assert.equal(order.receivedOn, counts, moment)
    }
  })

  test('ORD-03: every day that can’t be chosen is refused, whatever is forged', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const now = at('2026-11-24')
    const early = ['2026-11-24', '2026-11-30', '2020-01-01']
    for (const day of early)
      assert.equal(await refused(extendDisk(now, tenant, day)), 'order_day_too_early', day)
    assert.equal(await refused(extendDisk(now, tenant, '2026-12-05')), 'order_day_closed')
    assert.equal(await refused(extendDisk(now, tenant, '2026-12-29')), 'order_day_closed')
    assert.equal(await refused(extendDisk(now, tenant, '2027-01-04')), 'order_day_too_late')
    for (const nonsense of ['2026-02-30', 'tomorrow', '2026-12-2'])
      assert.equal(await refused(extendDisk(now, tenant, nonsense)), 'order_day_unknown')
    assert.isNull(await Order.query().first())
    const order = await extendDisk(now, tenant, '2026-12-02')
    assert.equal(order.dueAt!.toMillis(), at('2026-12-02', 10).getTime())
  })

  test('ORD-01: a day on which the provider closes can’t be chosen, what was dated before keeps its day', async ({
    assert,
  }) => {
    const [before, after] = [await makeTenant(), await makeTenant()]
    const now = at('2026-11-24')
    const kept = await extendDisk(now, before, '2026-12-02')
    await ClosingDay.create({ day: '2026-12-02', name: '全社研修' })
    assert.equal(await refused(extendDisk(now, after, '2026-12-02')), 'order_day_closed')
    await kept.refresh()
    assert.equal(kept.dueOn, '2026-12-02')
  })

  test('ORD-06: what lacks something counts from when it is whole', async ({ assert }) => {
    const [tenant, staff] = [await makeTenant(), await makeStaff()]
    const order = await placeAt(at('2026-11-24'), tenant)
    await order.markIncomplete('対象のページを教えてください', staff)
    assert.deepInclude(order.toJSON(), { state: 'incomplete', receivedOn: null, dueOn: null })
    await order.complete(staff)
    assert.equal(order.state, 'received')
    assert.isAtLeast(order.dueAt!.toMillis(), Date.now() - 86_400_000)
    await order.confirm(staff)
    await order.begin(byContractor(tenant.contractor))
    assert.equal(await refused(order.withdraw(tenant.contractor)), 'order_has_begun')
    await order.finish(system)
    assert.equal(await refused(order.reject('理由', system)), 'order_is_otherwise_by_now')
    assert.deepEqual(await whats(order), [
      'received contractor',
      'incomplete staff',
      'completed_application staff',
      'waiting staff',
      'working contractor',
      'done system',
    ])
  })

  test('ORD-06: a proposed day counts once it is accepted, and the worker keeps to it', async ({
    assert,
  }) => {
    const [tenant, staff] = [await makeTenant(), await makeStaff()]
    const order = await extendDisk(at('2050-11-24'), tenant, '2050-12-02')
    const wish = { dueOn: '2050-12-06', window: '13-15', reason: '機器の交換のため' }
    await order.propose({ ...wish, dueOn: '2050-12-05' }, staff)
    await order.propose(wish, staff)
    const open = await openProposal(order.id)
    assert.equal(open!.dueOn, '2050-12-06')
    await order.accept(tenant.contractor)
    assert.deepInclude(order.toJSON(), { dueOn: '2050-12-06', workWindow: '13-15' })
    assert.match(order.dayKey!, /2050-12-06$/)
    const runs = await Task.query().where('kind', 'perform_order').orderBy('id')
    assert.equal(runs.at(-1)!.runAt.toMillis(), at('2050-12-06', 13).getTime())
    await performDue(order, at('2050-12-05', 12))
    await order.refresh()
    assert.equal(order.state, 'waiting')
    assert.equal(await refused(order.accept(tenant.contractor)), 'order_proposal_is_gone')
  })

  test('ORD-06: a time at which nobody is there can’t be proposed, nor taken once it became one', async ({
    assert,
  }) => {
    const [tenant, staff] = [await makeTenant(), await makeStaff()]
    const order = await extendDisk(at('2050-11-24'), tenant, '2050-12-02')
    const propose = (dueOn: string, window: string | null) =>
      refused(order.propose({ dueOn, window, reason: '機器の交換のため' }, staff))
    assert.equal(await propose('2050-12-04', '10-12'), 'order_window_closed')
    assert.equal(await propose('2050-12-05', null), 'order_window_missing')
    assert.equal(await propose('2050-12-05', '3:00'), 'order_window_unknown')
    // The night before a day on which nobody is there
    assert.equal(await propose('2050-12-09', '21-24'), 'order_window_closed')
    assert.isNull(await openProposal(order.id))
    assert.isNull(await propose('2050-12-06', '18-21'))
    await ClosingDay.create({ day: '2050-12-06', name: '棚卸し' })
    assert.equal(await refused(order.accept(tenant.contractor)), 'order_proposal_is_impossible')
    await order.decline(tenant.contractor)
    assert.equal(order.dueOn, '2050-12-02')
    const other = await placeAt(at('2050-11-24'), tenant)
    const sunday = { dueOn: '2050-12-04', window: null, reason: '担当者の都合' }
    assert.equal(await refused(other.propose(sunday, staff)), 'order_day_closed')
  })

  test('ORD-06: a worker that comes late does it once, and staff see that it was late', async ({
    assert,
  }) => {
    const { contract, contractor, domain } = await makeTenant()
    const wish = { kind: 'waf', contractId: contract.id, domainId: domain.id, details: {} }
    const order = await Order.place({ ...wish, token: orderToken() }, contractor)
    const later = new Date(Date.now() + 2 * 3600_000)
    await performDue(order, later)
    await performDue(order, later)
    await order.refresh()
    assert.equal(order.state, 'done')
    const all = await whats(order)
    assert.lengthOf(
      all.filter((each) => each === 'late system'),
      1
    )
    assert.lengthOf(
      all.filter((each) => each === 'done system'),
      1
    )
    const shown = await historyOf(order.id)
    assert.isFalse(shown.some(({ what }) => what === 'late'))
  })

  test('ORD-06: each step is told by mail once, and nothing that is between staff', async ({
    assert,
    cleanup,
  }) => {
    const { messages } = mail.fake()
    cleanup(() => mail.restore())
    const { contract, domain, contractor } = await makeTenant()
    await contract.merge({ noticeAddress: 'keiri@example.co.jp' }).save()
    const order = await makeOrder(domain)
    await order.say({ what: 'note', text: '内緒', isInternal: true }, system)
    await order.withdraw(contractor)
    const events = await OrderEvent.query().where('orderId', order.id).orderBy('id')
    for (const { id } of [...events, ...events]) await tellOfStep(id)
    const subjects = messages.sent().map((message) => message.nodeMailerMessage.subject)
    assert.deepEqual(subjects, [
      `【Tsukasa】お申込みを受け付けました（アクセスログ解析・お申込み番号 ${order.id}）`,
      `【Tsukasa】お申込みを取り消しました（アクセスログ解析・お申込み番号 ${order.id}）`,
    ])
    const text = String(messages.sent()[0].nodeMailerMessage.text)
    assert.include(text, domain.unicodeName)
    assert.include(text, `/orders/${order.id}`)
    assert.notInclude(text, 'translation missing')
  })

  test('ORD-04: while the end of a server is booked nothing in it can be ordered', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const { contract, contractor, server } = tenant
    const wish = { kind: 'server_cancellation', contractId: contract.id, serverId: server.id }
    const dueOn = Day.at(new Date()).plus(2).toString()
    const end = await Order.place({ ...wish, details: {}, dueOn, token: orderToken() }, contractor)
    assert.equal(await refused(placeAt(new Date(), tenant)), 'server_is_being_cancelled')
    await end.withdraw(contractor)
    const order = await placeAt(new Date(), tenant)
    assert.equal(order.state, 'received')
  })
})
