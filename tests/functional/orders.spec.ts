import { randomBytes } from 'node:crypto'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { Day } from '#calendar/day'
import { makeOrder, makeServerOrder } from '#database/factories/order'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import type Account from '#models/account'
import Order from '#models/order'
import { system } from '#models/order/author'
import { isUnderWay, progressOfOrder } from '#models/order/progress'
import Task from '#models/task'
import { kinds } from '#orders/index'
import { performDue } from '#orders/performing'

const token = () => randomBytes(16).toString('hex')

function send(client: ApiClient, path: string, form: Record<string, string>, account: Account) {
  return client.post(path).form(form).loginAs(account).withCsrfToken().redirects(0)
}

async function ordered({ contractor, contract, domain }: Tenant) {
  const wish = { kind: 'access_analysis', contractId: contract.id, domainId: domain.id }
  return Order.place({ ...wish, details: { page_views: 1000 }, token: token() }, contractor)
}

test.group('ORD-06: orders in the panel', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-06: the catalogue, the form of each kind and its paper are there', async ({
    client,
    assert,
  }) => {
    const { contractor, server, domain } = await makeTenant()
    const catalogue = await client.get('/orders/catalogue').loginAs(contractor)
    catalogue.assertStatus(200)
    for (const { name, subject, door, cancels } of kinds) {
      const paper = await client.get(`/orders/paper?kind=${name}`).loginAs(contractor)
      assert.equal(paper.status(), 200, name)
      if (!cancels) assert.include(catalogue.text(), name)
      const ids = { server: `&server_id=${server.id}`, domain: `&domain_id=${domain.id}` }
      const id = ids[subject as keyof typeof ids] ?? ''
      const form = await client.get(`/orders/create?kind=${name}${id}`).loginAs(contractor)
      assert.equal(form.status(), 200, name)
      if (door === 'form') assert.include(form.text(), '太枠', name)
    }
  })

  test('ORD-06: what is confirmed can be sent once, and is then in the list', async ({
    client,
    assert,
  }) => {
    const { contractor, domain } = await makeTenant()
    const query = `kind=access_analysis&domain_id=${domain.id}`
    const shown = await client
      .post(`/orders/confirmation?${query}`)
      .form({ page_views: '1000' })
      .loginAs(contractor)
      .withCsrfToken()
    shown.assertStatus(200)
    assert.isNull(await Order.query().first())
    const [, sent] = /name="token" value="(\w{32})"/.exec(shown.text())!
    const first = await send(
      client,
      `/orders?${query}`,
      { token: sent, page_views: '1000' },
      contractor
    )
    const again = await send(
      client,
      `/orders?${query}`,
      { token: sent, page_views: '1000' },
      contractor
    )
    const [order, ...others] = await Order.query()
    assert.isEmpty(others)
    assert.equal(first.header('location'), `/orders/${order.id}`)
    assert.equal(again.header('location'), `/orders/${order.id}`)
    const page = await client.get(`/orders/${order.id}`).loginAs(contractor)
    page.assertTextIncludes('取り消す')
    const list = await client.get(`/orders?q=${order.id}`).loginAs(contractor)
    list.assertTextIncludes(domain.unicodeName)
  })

  test('ORD-06: the customer withdraws, and writes to staff while it is open', async ({
    client,
    assert,
  }) => {
    const tenant = await makeTenant()
    const order = await ordered(tenant)
    const path = `/orders/${order.id}`
    await send(client, `${path}/notes`, { text: '担当は佐藤です' }, tenant.contractor)
    const page = await client.get(path).loginAs(tenant.contractor)
    page.assertTextIncludes('担当は佐藤です')
    const asked = await client.get(`${path}/withdrawal`).loginAs(tenant.contractor)
    asked.assertStatus(200)
    await send(client, `${path}/withdrawal`, {}, tenant.contractor)
    await order.refresh()
    assert.equal(order.state, 'withdrawn')
    const late = await send(client, `${path}/withdrawal`, {}, tenant.contractor)
    late.assertFlashMessage('inputErrorsBag', {
      form: ['作業が始まっているため、取り消せません。サポート窓口へご連絡ください。'],
    })
  })

  test('PNL-01: domain admins and users order nothing, whatever they forge', async ({
    client,
    assert,
  }) => {
    const { admin, user, domain, server } = await makeTenant()
    for (const account of [admin, user]) {
      for (const name of ['server_addition', 'plan_change', 'server_cancellation']) {
        const query = `kind=${name}&server_id=${server.id}&domain_id=${domain.id}`
        for (const path of [`/orders?${query}`, `/orders/confirmation?${query}`]) {
          const answer = await send(client, path, { token: token() }, account)
          assert.equal(answer.status(), 403, path)
        }
      }
    }
    assert.isNull(await Order.query().first())
  })

  test('REL-04: what is somebody else’s is not there', async ({ client, assert }) => {
    const mine = await makeTenant()
    const other = await makeTenant()
    const order = await ordered(other)
    for (const path of ['', '/withdrawal']) {
      const page = await client.get(`/orders/${order.id}${path}`).loginAs(mine.contractor)
      page.assertStatus(404)
    }
    const query = `kind=access_analysis&domain_id=${other.domain.id}`
    const forged = await send(
      client,
      `/orders?${query}`,
      { token: token(), page_views: '1' },
      mine.contractor
    )
    forged.assertStatus(404)
    const unknown = await client.get('/orders/create?kind=nothing').loginAs(mine.contractor)
    unknown.assertStatus(404)
    assert.lengthOf(await Order.query(), 1)
  })

  test('ORD-06: what a machine is doing is told while it happens, and its end', async ({
    assert,
  }) => {
    const { server, contractor } = await makeTenant()
    const details = { plan: 'B', when: 'now' }
    const order = await makeServerOrder(server, { kind: 'plan_change', details })
    assert.isTrue(isUnderWay(order))
    await performDue(order)
    await order.refresh()
    assert.equal(order.state, 'working')
    const task = await Task.query().where('kind', 'resize_server').firstOrFail()
    await task.merge({ state: 'running', progress: 40, message: '再起動しています' }).save()
    const told = { progress: 40, message: '再起動しています', finished: false }
    assert.deepInclude(await progressOfOrder(order.id), told)
    await order.finish(system)
    assert.deepInclude(await progressOfOrder(order.id), { state: 'done', finished: true })
    const other = await makeServerOrder(server, { kind: 'closed_network', details: {} })
    assert.isFalse(isUnderWay(other))
    await other.withdraw(contractor)
  })

  test('ORD-04: the page of a server says that its end is booked, and leads there; the order says what ends', async ({
    client,
  }) => {
    const { server, contractor } = await makeTenant()
    const dueOn = Day.at(new Date()).plus(3).toString()
    const wish = { kind: 'server_cancellation', details: {}, dueOn }
    const order = await makeServerOrder(server, wish)
    const page = await client.get(`/servers/${server.id}`).loginAs(contractor)
    page.assertTextIncludes('このサーバは解約を予約中です')
    page.assertTextIncludes(`/orders/${order.id}`)
    const shown = await client.get(`/orders/${order.id}`).loginAs(contractor)
    shown.assertTextIncludes('同時に終わるもの')
    await order.withdraw(contractor)
    const after = await client.get(`/servers/${server.id}`).loginAs(contractor)
    after.assertTextIncludes(`/orders/create?kind=server_cancellation&amp;server_id=${server.id}`)
  })

  test('ORD-06: who has no mail address is told that nobody can be told', async ({ client }) => {
    const { contract, domain, contractor } = await makeTenant()
    const order = await makeOrder(domain)
    const page = await client.get(`/orders/${order.id}`).loginAs(contractor)
    page.assertTextIncludes('メールではお知らせできません')
    await contract.merge({ noticeAddress: 'keiri@example.co.jp' }).save()
    const known = await client.get(`/orders/${order.id}`).loginAs(contractor)
    known.assertTextIncludes('お申込み番号')
    if (known.text().includes('メールではお知らせできません')) throw new Error('told all the same')
  })
})
