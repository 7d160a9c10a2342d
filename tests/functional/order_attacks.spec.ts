import { randomBytes } from 'node:crypto'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { ApiClient } from '@japa/api-client'
import {
  makeDeletion,
  makeDomain,
  makeServer,
  makeStaff,
  makeTenant,
} from '#database/factories/tenant'
import { Day } from '#calendar/day'
import type Account from '#models/account'
import Fee from '#models/fee'
import Mailbox from '#models/mailbox'
import Option from '#models/option'
import Order from '#models/order'
import { sqlTime } from '#models/task/clock'
import OrderProposal from '#models/order_proposal'
import { kinds } from '#orders/index'

const token = () => randomBytes(16).toString('hex')

function send(client: ApiClient, path: string, form: Record<string, unknown>, account: Account) {
  return client
    .post(path)
    .header('referer', '/orders')
    .form({ token: token(), ...form })
    .loginAs(account)
    .withCsrfToken()
    .redirects(0)
}

async function ordered() {
  const orders = await Order.query().orderBy('id')
  return orders.map(({ kind, dueOn, workWindow }) => [kind, dueOn, workWindow])
}

const today = () => Day.at(new Date())

test.group('Orders, forged', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('REL-04: no kind of order takes a server, domain, zone or option of somebody else’s', async ({
    client,
    assert,
  }) => {
    const { contractor, server, domain } = await makeTenant()
    const other = await makeTenant()
    const { id: contractId } = other.contract
    const serverId = other.server.id
    const row = { contractId, serverId, kind: 'global_ip', details: '{}', startedOn: '2026-01-01' }
    const option = await Option.create({ ...row, quantity: 1 })
    const foreign = `server_id=${serverId}&domain_id=${other.domain.id}&option_id=${option.id}`
    for (const { name, subject } of kinds.filter((kind) => kind.subject !== 'contract')) {
      // His own beside it, where the kind doesn't look
      const mixed = { server_id: server.id, domain_id: domain.id, [`${subject}_id`]: '' }
      const answer = await send(client, `/orders?kind=${name}&${foreign}`, mixed, contractor)
      assert.include([404, 302], answer.status(), name)
    }
    assert.lengthOf(await Order.query(), 0)
  }).timeout(90_000)

  test('REL-04: what a load balancer, a firewall or a webmail names is of the same contract', async ({
    client,
    assert,
  }) => {
    const { contractor, server, domain } = await makeTenant()
    const other = await makeTenant()
    const mailbox = await Mailbox.query().where('domainId', other.domain.id).firstOrFail()
    const tries: [string, Record<string, unknown>][] = [
      ['load_balancer', { 'domains[]': domain.id, 'servers[]': other.server.id }],
      ['load_balancer', { 'domains[]': other.domain.id, 'servers[]': server.id }],
      ['firewall', { 'servers[]': other.server.id }],
      [`webmail&domain_id=${domain.id}`, { 'mailboxes[]': mailbox.id }],
      [`global_ip&server_id=${server.id}`, { ssl_order: 1 }],
    ]
    for (const [kind, form] of tries) {
      const answer = await send(client, `/orders?kind=${kind}`, form, contractor)
      assert.include([302, 404], answer.status(), kind)
    }
    assert.lengthOf(await Order.query(), 0)
  })

  test('ORD-03, ORD-04: a day or an hour that the page doesn’t offer is refused, however it is written', async ({
    client,
    assert,
  }) => {
    const { contractor, server } = await makeTenant()
    const cancel = `/orders?kind=server_cancellation&server_id=${server.id}`
    const booked = `/orders?kind=plan_change&server_id=${server.id}`
    const disk = `/orders?kind=disk_extension&server_id=${server.id}`
    const yesterday = today().plus(-1).toString()
    const far = today().endOfNextMonth.plus(1).toString()
    const days = [yesterday, far, '2026-02-30', '9999-12-31', '0000-00-00', '２０２６-12-01', '']
    for (const day of [...days, `${today()}T`, '1e9', '-1', 'null']) {
      await send(client, cancel, { due_on: day }, contractor)
      await send(
        client,
        booked,
        { plan: 'B', when: 'booked', due_on: day, work_window: '1:00' },
        contractor
      )
      await send(client, disk, { units: 1, due_on: day, work_window: '10-12' }, contractor)
    }
    const last = today().endOfNextMonth.toString()
    for (const window of [
      '24:00',
      '25:00',
      '1:30',
      '-1:00',
      '0:00\n',
      '__proto__',
      'constructor',
      '',
    ])
      await send(
        client,
        booked,
        { plan: 'B', when: 'booked', due_on: last, work_window: window },
        contractor
      )
    for (const window of ['0:00', '10-12', 'toString'])
      await send(client, cancel, { due_on: last, work_window: window }, contractor)
    assert.deepEqual(await ordered(), [])
  })

  test('ORD-05: what comes on paper is not ordered in the panel, whatever is forged', async ({
    client,
    assert,
  }) => {
    const { contractor, server } = await makeTenant()
    await server.merge({ kind: 'physical' }).save()
    const last = today().endOfNextMonth.toString()
    const paper = [
      `server_cancellation&server_id=${server.id}&due_on=${last}`,
      'first_virtual_server&plan=A',
      'first_physical_server&plan=A',
      'load_balancer&domains[]=1&servers[]=1',
    ]
    for (const query of paper) await send(client, `/orders?kind=${query}`, {}, contractor)
    assert.lengthOf(await Order.query(), 0)
  })

  test('ORD-04: nothing is ordered for a server that has ended, nor for a domain that waits for its end', async ({
    client,
    assert,
  }) => {
    const { contractor, contract } = await makeTenant()
    const server = await makeServer(contract)
    const { domain } = await makeDomain(server)
    await server.merge({ state: 'ended' }).save()
    const waiting = await makeTenant()
    await makeDeletion(waiting.domain)
    const last = today().endOfNextMonth.toString()
    for (const { name, subject } of kinds) {
      const form = { due_on: last, work_window: '10:00', parts: 'site', from: 'x', page_views: 1 }
      if (subject === 'server')
        await send(client, `/orders?kind=${name}&server_id=${server.id}`, form, contractor)
      if (subject !== 'domain') continue
      await send(client, `/orders?kind=${name}&domain_id=${domain.id}`, form, contractor)
      const there = `/orders?kind=${name}&domain_id=${waiting.domain.id}`
      await send(client, there, form, waiting.contractor)
    }
    assert.deepEqual(await ordered(), [])
    assert.lengthOf(await Fee.query(), 0)
  })

  test('OPT-09: a domain is behind one load balancer, also while both are only ordered', async ({
    client,
    assert,
  }) => {
    const { contractor, contract, server, domain } = await makeTenant()
    const row = { contractId: contract.id, kind: 'load_balancer', startedOn: '2026-01-01' }
    await Option.create({ ...row, quantity: 1, details: '{"domains":[],"servers":[]}' })
    const form = { 'domains[]': domain.id, 'servers[]': server.id, 'due_on': nextOpenDay() }
    await send(client, '/orders?kind=load_balancer', form, contractor)
    await send(client, '/orders?kind=load_balancer', form, contractor)
    assert.lengthOf(await Order.query(), 1)
  })

  /** A business day within what may be chosen, whatever day it is. */
  function nextOpenDay() {
    let day = today().plus(14)
    while ([0, 6].includes(day.weekday)) day = day.plus(1)
    return day.toString()
  }

  test('ORD-06: a proposal of a day that is over is not taken any more', async ({
    client,
    assert,
  }) => {
    const { contractor, contract, server } = await makeTenant()
    const details = { plan: 'B', when: 'booked' }
    const wish = { kind: 'plan_change', contractId: contract.id, serverId: server.id, details }
    const dueOn = today().endOfNextMonth.toString()
    const order = await Order.place({ ...wish, dueOn, window: '1:00', token: token() }, contractor)
    const staff = await makeStaff()
    await order.propose({ dueOn: today().plus(1).toString(), window: '1:00', reason: 'x' }, staff)
    const over = { dueOn: today().plus(-3).toString() }
    await OrderProposal.query().where('orderId', order.id).update(over)
    await send(client, `/orders/${order.id}/answer`, { answer: 'accept' }, contractor)
    await order.refresh()
    assert.equal(order.dueOn, dueOn)
  })

  test('ORD-06: nobody floods the provider with orders, nor somebody’s mailbox with their mails', async ({
    client,
    assert,
  }) => {
    const { contractor, contract, server } = await makeTenant()
    const applied = (hoursAgo: number) => ({
      ...{ contractId: contract.id, subject: 'x', details: '{}', state: 'withdrawn' as const },
      appliedAt: DateTime.utc().minus({ hours: hoursAgo }),
      stateAt: DateTime.utc(),
    })
    const rows = (kind: string, count: number, hoursAgo: number) =>
      Array.from({ length: count }, () => ({ ...applied(hoursAgo), kind, token: token() }))
    await Order.createMany(rows('server_addition', 10, 20))
    await send(client, '/orders?kind=server_addition', { plan: 'A' }, contractor)
    assert.lengthOf(await Order.query().where('state', '<>', 'withdrawn'), 0)
    const waf = `/orders?kind=closed_network&server_id=${server.id}`
    await Order.createMany(rows('waf', 60, 0.5))
    await send(client, waf, {}, contractor)
    assert.lengthOf(await Order.query().where('state', '<>', 'withdrawn'), 0)
    await Order.query().update({ appliedAt: sqlTime(Date.now() - 2 * 86_400_000) })
    await send(client, waf, {}, contractor)
    assert.lengthOf(await Order.query().where('state', '<>', 'withdrawn'), 1)
  })
})
