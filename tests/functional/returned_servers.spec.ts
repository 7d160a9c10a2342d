import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { makeOrder, makeServerOrder } from '#database/factories/order'
import { makeDeletion, makeDomain, makeStaff, makeTenant } from '#database/factories/tenant'
import DomainDeletion from '#models/domain_deletion'
import Fee from '#models/fee'
import Option from '#models/option'
import Server from '#models/server'
import Task from '#models/task'
import { performDue } from '#orders/performing'

test.group('ORD-04: a server that comes back', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  const lastDay = Day.at(new Date()).plus(1)

  /** As its contractor cancels it; one of its domains had been deleted by him before. */
  async function ended() {
    const tenant = await makeTenant()
    const { server, contract } = tenant
    const ids = { contractId: contract.id, serverId: server.id }
    const from = lastDay.plus(-30)
    const option = await Option.create({
      ...{ ...ids, kind: 'waf', quantity: 1, details: '{}' },
      startedOn: from.toString(),
    })
    const { domain: deleted } = await makeDomain(server)
    const deletion = await makeDeletion(deleted)
    await db.transaction((client) => Fee.begin({ ...ids, code: 'plan.A', from }, client))
    const dueOn = lastDay.toString()
    const wish = { kind: 'server_cancellation', details: {}, dueOn }
    const order = await makeServerOrder(server, wish)
    await performDue(order, order.dueAt!.toJSDate())
    await Promise.all([server.refresh(), option.refresh()])
    return { ...tenant, order, option, deletion }
  }

  test('ORD-04: within its days staff bring it back: its people, its options, its fees from today', async ({
    assert,
    client,
  }) => {
    const { contractor, server, domain, option, deletion } = await ended()
    const staff = await makeStaff()
    const page = await client.get(`/staff/servers/${server.id}`).withGuard('staff').loginAs(staff)
    page.assertTextIncludes(`/staff/servers/${server.id}/return`)
    const path = `/staff/servers/${server.id}/return`
    await client.post(path).withCsrfToken().withGuard('staff').loginAs(staff)
    await server.refresh()
    assert.deepEqual([server.state, server.endedOn, server.removesAt], ['stopped', null, null])
    const start = await Task.query().where({ kind: 'power_server', serverId: server.id }).first()
    assert.deepEqual(start!.input, { serverId: server.id, action: 'start' })
    assert.isNull(await DomainDeletion.findBy('domainId', domain.id))
    assert.isNotNull(await DomainDeletion.find(deletion.id), 'what was deleted before stays so')
    assert.equal(option.endedOn, lastDay.toString())
    await option.refresh()
    assert.isNull(option.endedOn)
    const fees = await Fee.query().where('serverId', server.id).orderBy('id')
    assert.deepEqual(
      fees.map(({ code, fromOn, untilOn }) => [code, fromOn, untilOn]),
      [
        ['plan.A', lastDay.plus(-30).toString(), lastDay.toString()],
        ['plan.A', lastDay.plus(1).toString(), null],
      ]
    )
    const list = await client.get('/servers').loginAs(contractor)
    list.assertTextIncludes(server.name)
    const log = await db.from('staff_logs').where('action', 'server_return.store').first()
    assert.equal(log.target, server.name)

    const again = await client
      .post(path)
      .withCsrfToken()
      .withGuard('staff')
      .loginAs(staff)
      .redirects(0)
    assert.include(JSON.stringify(again.flashMessages()), '解約済みではない')
    assert.lengthOf(await Fee.query().where('serverId', server.id), 2)
  })

  test('ORD-04: one whose removal has begun does not come back', async ({ assert, client }) => {
    const { server } = await ended()
    const staff = await makeStaff()
    await Task.enqueue({ kind: 'remove_server', serverId: server.id })
    const answer = await client
      .post(`/staff/servers/${server.id}/return`)
      .withCsrfToken()
      .withGuard('staff')
      .loginAs(staff)
      .redirects(0)
    assert.include(JSON.stringify(answer.flashMessages()), '削除が始まっている')
    await server.refresh()
    assert.equal(server.state, 'ended')
  })

  test('ORD-04: how long it is kept is the provider’s to say', async ({ assert, client }) => {
    const { server, domain } = await ended()
    const staff = await makeStaff()
    const put = (day: string) =>
      client
        .put(`/staff/servers/${server.id}/grace`)
        .form({ removes_on: day })
        .withCsrfToken()
        .withGuard('staff')
        .loginAs(staff)
        .redirects(0)
    const today = Day.at(new Date())
    for (const bad of [today, today.plus(-3), today.plus(366)]) {
      const answer = await put(bad.toString())
      assert.include(JSON.stringify(answer.flashMessages()), '明日から365日後まで')
    }
    await put(today.plus(60).toString())
    await server.refresh()
    assert.equal(server.removesAt!.toMillis(), today.plus(60).time(0).getTime())
    const deletion = await DomainDeletion.findByOrFail('domainId', domain.id)
    assert.equal(deletion.endsAt.toMillis(), server.removesAt!.toMillis())
  })
})

test.group('SRV-01: a server whose creation was given up', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  async function unfinished() {
    const tenant = await makeTenant()
    const server = await Server.create({
      ...{ contractId: tenant.contract.id, computeNodeId: tenant.server.computeNodeId },
      ...{ name: 'msv990001', instance: 'tsukasa-msv990001', hostname: 'msv990001.mngsv.biz' },
      ...{ plan: 'A', kind: 'virtual', state: 'failed' },
    })
    return { ...tenant, unfinished: server }
  }

  test('SRV-01: staff have it made again, and its order goes on', async ({ assert, client }) => {
    const { domain, unfinished: server } = await unfinished()
    const order = await makeOrder(domain)
    const ordered = { kind: 'server_addition', state: 'working', domainId: null } as const
    await order.merge({ ...ordered, serverId: server.id }).save()
    const staff = await makeStaff()
    const path = `/staff/servers/${server.id}/build`
    const early = await client
      .delete(path)
      .withCsrfToken()
      .withGuard('staff')
      .loginAs(staff)
      .redirects(0)
    assert.include(JSON.stringify(early.flashMessages()), 'お申込みを却下')
    await client.post(path).withCsrfToken().withGuard('staff').loginAs(staff)
    await server.refresh()
    assert.equal(server.state, 'building')
    const task = await Task.query()
      .where({ kind: 'build_server', serverId: server.id })
      .firstOrFail()
    assert.deepEqual(task.input, { serverId: server.id, orderId: order.id })
  })

  test('SRV-01: or it is given up, and goes with all that is left of it', async ({
    assert,
    client,
  }) => {
    const { unfinished: server } = await unfinished()
    const staff = await makeStaff()
    const path = `/staff/servers/${server.id}/build`
    await client.delete(path).withCsrfToken().withGuard('staff').loginAs(staff)
    await server.refresh()
    assert.equal(server.state, 'ended')
    assert.isTrue(server.removesAt! <= DateTime.utc())
    assert.exists(await Task.query().where({ kind: 'remove_server', serverId: server.id }).first())
  })

  test('SRV-01: one that has domains, or serves, is never taken for one of these', async ({
    assert,
    client,
  }) => {
    const { server } = await makeTenant()
    const staff = await makeStaff()
    const path = `/staff/servers/${server.id}/build`
    for (const state of ['running', 'failed'] as const) {
      await server.merge({ state }).save()
      for (const method of ['post', 'delete'] as const) {
        const answer = await client[method](path)
          .withCsrfToken()
          .withGuard('staff')
          .loginAs(staff)
          .redirects(0)
        assert.include(JSON.stringify(answer.flashMessages()), '作成に失敗した状態ではありません')
      }
    }
    await server.refresh()
    assert.equal(server.state, 'failed')
  })
})
