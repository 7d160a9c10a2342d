import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { orderToken } from '#database/factories/order'
import { makeDomain, makeStaff, makeTenant, type Tenant } from '#database/factories/tenant'
import ClosingDay from '#models/closing_day'
import Option from '#models/option'
import type Order from '#models/order'
import OrderEvent from '#models/order_event'
import { contractor as byContractor, staffMember as byStaff, system } from '#models/order/author'
import Task from '#models/task'
import { performDue } from '#orders/performing'
import { place } from '#orders/placing'
import { recountExpected } from '#orders/recounting'

/** A Thursday on which the provider is open. */
const applied = Day.of('2050-11-24').time(10)

function applyFor(kind: string, { contract, contractor }: Tenant, wish: object) {
  const request = { kind, contractId: contract.id, details: {}, ...wish, token: orderToken() }
  return place(request, byContractor(contractor), {}, applied)
}

async function applyForBoth(tenant: Tenant) {
  const { domain, server } = tenant
  const ssl = await applyFor('ssl_quick', tenant, {
    domainId: domain.id,
    details: { names: 'both', remarks: null },
  })
  const details = { ssl_order: ssl.id }
  const address = await applyFor('global_ip', tenant, { serverId: server.id, details })
  return { ssl, address }
}

async function nextRun({ id }: Order) {
  const tasks = await Task.query().where('kind', 'perform_order').orderBy('id')
  const of = tasks.filter(({ payload }) => JSON.stringify(payload).includes(`:${id}}`))
  return Day.at(of.at(-1)!.runAt.toJSDate()).toString()
}

test.group('Orders that follow others', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPT-03: the day of an SSL order is moved, the address is added on the new one', async ({
    assert,
  }) => {
    const [tenant, staff] = [await makeTenant(), await makeStaff()]
    const { ssl, address } = await applyForBoth(tenant)
    assert.equal(address.dueOn, ssl.dueOn)
    await ssl.propose({ dueOn: '2050-12-14', window: null, reason: '認証局の都合' }, staff)
    await ssl.accept(tenant.contractor)
    await address.refresh()
    assert.deepInclude(address.toJSON(), { dueOn: '2050-12-14', state: 'waiting' })
    assert.equal(await nextRun(address), '2050-12-14')
    await performDue(address, Day.of('2050-12-13').time(12))
    await address.refresh()
    assert.equal(address.state, 'waiting')
  })

  test('OPT-03: a closing day that moves the SSL order moves the address with it', async ({
    assert,
  }) => {
    const { ssl, address } = await applyForBoth(await makeTenant())
    const before = ssl.dueOn!
    await ClosingDay.create({ day: '2050-11-28', name: '棚卸し' })
    await recountExpected()
    await Promise.all([ssl.refresh(), address.refresh()])
    assert.isAbove(Date.parse(ssl.dueOn!), Date.parse(before))
    assert.equal(address.dueOn, ssl.dueOn)
    assert.equal(await nextRun(address), ssl.dueOn)
  })

  test('OPT-03: an SSL order that lacked something moves the address once it is whole', async ({
    assert,
  }) => {
    const [tenant, staff] = [await makeTenant(), await makeStaff()]
    const { ssl, address } = await applyForBoth(tenant)
    await ssl.markIncomplete('証明書の名前', staff)
    await ssl.complete(staff)
    await address.refresh()
    assert.isNotNull(ssl.dueOn)
    assert.equal(address.dueOn, ssl.dueOn)
  })

  test('OPT-03: the SSL order is withdrawn or rejected, and the address that was ordered with it isn’t added', async ({
    assert,
  }) => {
    const staff = await makeStaff()
    for (const state of ['withdrawn', 'rejected'] as const) {
      const tenant = await makeTenant()
      const { ssl, address } = await applyForBoth(tenant)
      if (state === 'withdrawn') await ssl.withdraw(tenant.contractor)
      else await ssl.reject('お申込み内容に誤りがありました', byStaff(staff))
      await address.refresh()
      assert.equal(address.state, state)
      const told = await OrderEvent.query().where('orderId', address.id).where('what', state)
      assert.include(told[0].text, 'SSLのお申込みがなくなった')
      await performDue(address, Day.of(address.dueOn!).time(12))
      assert.isNull(await Task.query().where('kind', 'set_addresses').first())
      const { domain, server } = tenant
      const again = await applyFor('ssl_quick', tenant, {
        domainId: domain.id,
        details: { names: 'both', remarks: null },
      })
      const wish = { serverId: server.id, details: { ssl_order: again.id } }
      const followed = await applyFor('global_ip', tenant, wish)
      assert.equal(followed.state, 'waiting')
    }
  })

  test('OPT-03: an address that is being added, or is for another certificate, stays', async ({
    assert,
  }) => {
    const [begun, other] = [await makeTenant(), await makeTenant()]
    const first = await applyForBoth(begun)
    await first.address.begin(system)
    await first.ssl.withdraw(begun.contractor)
    await first.address.refresh()
    assert.equal(first.address.state, 'working')
    const { address } = await applyForBoth(other)
    const { domain } = await makeDomain(other.server)
    const details = { names: 'both', remarks: null }
    const second = await applyFor('ssl_quick', other, { domainId: domain.id, details })
    await second.withdraw(other.contractor)
    await address.refresh()
    assert.equal(address.state, 'waiting')
  })

  test('OPT-03: who withdraws an SSL order reads first what goes with it', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { ssl, address } = await applyForBoth(tenant)
    const page = await client.get(`/orders/${ssl.id}/withdrawal`).loginAs(tenant.contractor)
    assert.include(page.text(), '同時に取り消されます')
    assert.include(page.text(), `お申込み番号 ${address.id}`)
    const own = await client.get(`/orders/${address.id}/withdrawal`).loginAs(tenant.contractor)
    assert.notInclude(own.text(), '同時に取り消されます')
  })

  test('ORD-01: what a machine does on an expected day is done on the day that a closing day made of it', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const { contract, domain, server } = tenant
    const row = { contractId: contract.id, serverId: server.id, kind: 'global_ip', details: '{}' }
    const option = await Option.create({ ...row, startedOn: '2026-01-01' })
    // The first one to be counted is about something that is gone
    const gone = await makeTenant()
    await applyFor('ssl_quick', gone, {
      domainId: gone.domain.id,
      details: { names: 'both', remarks: null },
    })
    await gone.domain.merge({ deletedAt: DateTime.utc() }).save()
    await applyFor('access_analysis', tenant, { domainId: domain.id, details: { page_views: 1 } })
    const address = await applyFor('global_ip_cancellation', tenant, { optionId: option.id })
    const before = address.dueOn
    await ClosingDay.create({ day: '2050-11-28', name: '棚卸し' })
    await recountExpected()
    await address.refresh()
    assert.notEqual(address.dueOn, before)
    assert.equal(await nextRun(address), address.dueOn)
  })
})
