import { randomUUID } from 'node:crypto'
import mail from '@adonisjs/mail/services/main'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import TellOfOrder from '#jobs/tell_of_order'
import Order from '#models/order'
import OrderEvent from '#models/order_event'
import OrderFile from '#models/order_file'
import { queuePage } from '#models/order/queue'
import type Staff from '#models/staff'
import Task from '#models/task'
import { providerCalendar } from '#orders/calendar'

async function ordered() {
  const tenant = await makeTenant()
  const { contractor, contract, domain } = tenant
  const request = { kind: 'access_analysis', contractId: contract.id, domainId: domain.id }
  const details = { page_views: 1000 }
  const order = await Order.place({ ...request, details, token: randomUUID() }, contractor)
  return { ...tenant, order }
}

function send(client: ApiClient, order: Order, verb: string, form: object, staff: Staff) {
  return client
    .post(`/staff/orders/${order.id}/${verb}`)
    .form(form)
    .withGuard('staff')
    .loginAs(staff)
    .withCsrfToken()
    .redirects(0)
}

const open = { state: 'open', kind: null, day: null, after: null } as const

test.group('Orders at the provider’s', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-06: staff take an order from 受付 to 完了, each step with its author', async ({
    assert,
    client,
  }) => {
    const { order } = await ordered()
    const staff = await makeStaff()
    for (const [verb, state] of [
      ['confirmation', 'waiting'],
      ['start', 'working'],
      ['completion', 'done'],
    ]) {
      await send(client, order, verb, {}, staff)
      await order.refresh()
      assert.equal(order.state, state)
    }
    const events = await OrderEvent.query().where('orderId', order.id).orderBy('id')
    assert.deepEqual(
      events.slice(1).map(({ what, staffId }) => [what, staffId]),
      [
        ['waiting', staff.id],
        ['working', staff.id],
        ['done', staff.id],
      ]
    )
    const again = await send(client, order, 'completion', {}, staff)
    assert.property(again.flashMessage('inputErrorsBag'), 'form')
  })

  test('ORD-01: of 受付不備 the customer reads what is missing, and days count anew afterwards', async ({
    assert,
    client,
  }) => {
    const { order } = await ordered()
    const staff = await makeStaff()
    const silent = await send(client, order, 'shortcoming', {}, staff)
    assert.property(silent.flashMessage('inputErrorsBag'), 'order_missing')
    await send(client, order, 'shortcoming', { order_missing: '印鑑がありません' }, staff)
    await order.refresh()
    assert.equal(order.state, 'incomplete')
    assert.isNull(order.receivedOn)
    await send(client, order, 'receipt', { order_word: '届きました' }, staff)
    await order.refresh()
    assert.equal(order.state, 'received')
    assert.isNotNull(order.receivedOn)
    const told = await OrderEvent.query().where({ orderId: order.id, isInternal: false })
    assert.includeMembers(
      told.map(({ text }) => text),
      ['印鑑がありません', '届きました']
    )
  })

  test('ORD-06: 却下 needs a reason, and ends the order', async ({ assert, client }) => {
    const { order } = await ordered()
    const staff = await makeStaff()
    const silent = await send(client, order, 'rejection', {}, staff)
    assert.property(silent.flashMessage('inputErrorsBag'), 'order_reason')
    await send(client, order, 'rejection', { order_reason: 'ご契約の範囲外です' }, staff)
    await order.refresh()
    assert.equal(order.state, 'rejected')
    assert.isNotNull(order.finishedAt)
  })

  test('ORD-06: staff propose another day, and the one who ordered accepts it', async ({
    assert,
    client,
  }) => {
    const { order, contractor } = await ordered()
    const staff = await makeStaff()
    const calendar = await providerCalendar()
    const day = calendar.openFrom(Day.at(new Date()).plus(20)).toString()
    const proposal = { due_on: day, proposal_reason: '機器の都合です' }
    await send(client, order, 'proposals', proposal, staff)
    const queue = await client.get('/staff/orders').withGuard('staff').loginAs(staff)
    queue.assertTextIncludes('別の日時を提案中')
    await order.accept(contractor)
    assert.equal(order.dueOn, day)
    const over = { ...proposal, due_on: '2020-01-06' }
    const refused = await send(client, order, 'proposals', over, staff)
    assert.property(refused.flashMessage('inputErrorsBag'), 'due_on')
  })

  test('ORD-06: words between colleagues are theirs, words for the customer his, too', async ({
    assert,
    client,
  }) => {
    const { order } = await ordered()
    const staff = await makeStaff()
    await send(client, order, 'notes', { order_note: '要注意', note_for: 'staff' }, staff)
    await send(client, order, 'notes', { order_note: '確認中です', note_for: 'customer' }, staff)
    const notes = await OrderEvent.query().where({ orderId: order.id, what: 'note' }).orderBy('id')
    assert.deepEqual(
      notes.map(({ isInternal }) => isInternal),
      [true, false]
    )
    const page = await client.get(`/staff/orders/${order.id}`).withGuard('staff').loginAs(staff)
    page.assertTextIncludes('要注意')
    page.assertTextIncludes(staff.name)
  })

  test('ORD-06: a paper of an order is kept as it came, and no browser runs what is in it', async ({
    assert,
    client,
  }) => {
    const { order } = await ordered()
    const staff = await makeStaff()
    const content = Buffer.from('<script>alert(1)</script>\u0000\u00ff')
    await client
      .post(`/staff/orders/${order.id}/files`)
      .file('order_file', content, { filename: '申込書"\r\nx.html' })
      .field('file_for', 'staff')
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)
    const file = await OrderFile.findByOrFail('orderId', order.id)
    assert.isTrue(file.isInternal)
    assert.deepEqual(Buffer.from(await file.content()), content)
    const sent = await client.get(`/staff/order_files/${file.id}`).withGuard('staff').loginAs(staff)
    assert.equal(sent.header('content-type'), 'application/octet-stream')
    assert.match(sent.header('content-disposition')!, /^attachment; filename="file"; /)
  })

  test('ORD-06: the queue shows what is due first, page by page, each order once', async ({
    assert,
  }) => {
    const { order } = await ordered()
    const start = order.dueAt!
    const { id, ...row } = order.serialize()
    assert.isNumber(id)
    for (let each = 0; each < 7; each++) {
      await Order.create({
        ...{ contractId: order.contractId, kind: order.kind, subject: 'x', details: '{}' },
        ...{ state: each % 2 ? ('waiting' as const) : ('received' as const), openKey: null },
        ...{ appliedAt: start, stateAt: start, token: randomUUID(), dueOn: order.dueOn },
        // Several at the same second
        dueAt: each === 6 ? null : start.plus({ minutes: Math.floor(each / 3) }),
      })
    }
    assert.isObject(row)
    const seen: { id: number; at: unknown }[] = []
    let after: Awaited<ReturnType<typeof queuePage>>['next'] = null
    do {
      const page = await queuePage({ ...open, after }, 2)
      assert.isAtMost(page.rows.length, 2)
      const own = page.rows.filter((each) => each.contract_id === order.contractId)
      seen.push(...own.map((each) => ({ id: each.id, at: each.due_at })))
      after = page.next
    } while (after)
    assert.lengthOf(seen, 8)
    assert.lengthOf([...new Set(seen.map((each) => each.id))], 8)
    const times = seen.map(({ at }) =>
      at === null ? Number.MAX_VALUE : new Date(`${at}`).getTime()
    )
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other)
    )
  })

  test('ORD-06: the queue is narrowed to a state, a kind and a day, and searched', async ({
    assert,
    client,
  }) => {
    const { order, contract } = await ordered()
    const staff = await makeStaff()
    const shows = async (query: string) => {
      const page = await client.get(`/staff/orders?${query}`).withGuard('staff').loginAs(staff)
      page.assertStatus(200)
      return page.text().includes(`/staff/orders/${order.id}"`)
    }
    for (const query of [
      '',
      'state=received',
      'kind=access_analysis',
      `day=${order.dueOn}`,
      `q=${order.id}`,
      `q=${contract.code}`,
      'state=nonsense&kind=x&day=y&after=z',
    ])
      assert.isTrue(await shows(query), query)
    for (const query of ['state=done', 'day=2020-01-06', 'q=999999999', 'q=%25'])
      assert.isFalse(await shows(query), query)
  })

  test('ORD-06: what should have begun is marked late, and so is its page', async ({ client }) => {
    const { order } = await ordered()
    await order.merge({ dueAt: DateTime.utc().minus({ hours: 1 }) }).save()
    const staff = await makeStaff()
    const queue = await client.get('/staff/orders').withGuard('staff').loginAs(staff)
    queue.assertTextIncludes('遅れています')
    const page = await client.get(`/staff/orders/${order.id}`).withGuard('staff').loginAs(staff)
    page.assertTextIncludes('作業の時刻を過ぎています')
  })

  test('ORD-06: the calendar of work shows what is due on each day', async ({ client }) => {
    const { order, domain } = await ordered()
    const staff = await makeStaff()
    const month = order.dueOn!.slice(0, 7)
    const page = await client
      .get(`/staff/work_calendar?month=${month}`)
      .withGuard('staff')
      .loginAs(staff)
    page.assertTextIncludes(`/staff/orders/${order.id}`)
    page.assertTextIncludes(domain.unicodeName)
    for (const nonsense of ['2026-13', 'x', '9999-99']) {
      const answer = await client
        .get(`/staff/work_calendar?month=${nonsense}`)
        .withGuard('staff')
        .loginAs(staff)
      answer.assertStatus(200)
    }
  })

  test('ORD-06: the customer reads the papers that are meant for him, nobody else does', async ({
    assert,
    client,
  }) => {
    const [own, other] = [await ordered(), await ordered()]
    const staff = await makeStaff()
    for (const reader of ['staff', 'customer'])
      await client
        .post(`/staff/orders/${own.order.id}/files`)
        .file('order_file', Buffer.from(reader), { filename: `${reader}.txt` })
        .field('file_for', reader)
        .withGuard('staff')
        .loginAs(staff)
        .withCsrfToken()
        .redirects(0)
    const [hidden, shown] = await OrderFile.query().orderBy('id')
    const page = await client.get(`/orders/${own.order.id}`).loginAs(own.contractor)
    page.assertTextIncludes('customer.txt')
    assert.notInclude(page.text(), 'staff.txt')
    const path = (file: OrderFile) => `/orders/${own.order.id}/files/${file.id}`
    const read = await client.get(path(shown)).loginAs(own.contractor)
    assert.equal(String(read.body()), 'customer')
    const refused = [
      await client.get(path(hidden)).loginAs(own.contractor),
      await client.get(path(shown)).loginAs(other.contractor),
      await client.get(path(shown)).loginAs(own.admin),
    ]
    assert.deepEqual(
      refused.map((answer) => answer.status()),
      [404, 404, 404]
    )
  })

  test('ORD-06: what a customer wrote or answered is marked for staff until somebody did something, and mailed', async ({
    assert,
    cleanup,
    client,
  }) => {
    const { contractor, order } = await ordered()
    const staff = await makeStaff()
    const marked = async () => {
      const queue = await client.get('/staff/orders').withGuard('staff').loginAs(staff)
      return queue.text().includes('お客さまから連絡')
    }
    assert.isFalse(await marked())
    await client
      .post(`/orders/${order.id}/notes`)
      .form({ text: '火曜日の午後にお願いします' })
      .loginAs(contractor)
      .withCsrfToken()
      .redirects(0)
    assert.isTrue(await marked())
    const page = await client.get(`/staff/orders/${order.id}`).withGuard('staff').loginAs(staff)
    page.assertTextIncludes('お客さまから連絡がありました')
    const task = await Task.query().where('kind', 'tell_of_order').orderBy('id', 'desc').first()
    const { messages } = mail.fake()
    cleanup(() => mail.restore())
    const payload: unknown = JSON.parse(String(task!.payload))
    await new TellOfOrder().handle({ kind: 'tell_of_order', payload })
    const [sent] = messages.sent().map((message) => message.nodeMailerMessage)
    assert.include(sent.text, '火曜日の午後にお願いします')
    assert.include(sent.text, `/staff/orders/${order.id}`)
    await send(client, order, 'notes', { order_note: '承知', note_for: 'staff' }, staff)
    assert.isFalse(await marked())
  })

  test('ORD-06: a mistake in one form of the page leaves the choices of the others as they were', async ({
    assert,
    client,
  }) => {
    const { order } = await ordered()
    const staff = await makeStaff()
    const page = await client
      .post(`/staff/orders/${order.id}/rejection`)
      .header('referer', `${process.env.APP_URL}/staff/orders/${order.id}`)
      .form({ order_reason: '' })
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
    page.assertTextIncludes('却下の理由')
    const checked = page.text().match(/<input[^>]*type="radio"[^>]*checked/g) ?? []
    assert.lengthOf(checked, 2)
  })
})
