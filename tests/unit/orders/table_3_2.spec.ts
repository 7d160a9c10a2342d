import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { Day } from '#calendar/day'
import { makeDomain, makeMailbox, makeServer, makeTenant } from '#database/factories/tenant'
import { haveAddedAddress } from '#database/factories/server'
import AutomaticCertificate from '#models/automatic_certificate'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import Fee from '#models/fee'
import Option from '#models/option'
import Order from '#models/order'
import { system } from '#models/order/author'
import Server from '#models/server'
import Task from '#models/task'
import { kindOf, kinds } from '#orders/index'
import { performDue } from '#orders/performing'
import { applyAt, at, cell, haveOption, tuesday, whyNot } from '#tests/support/order_table'

const refused = (key: string) => new RegExp(`refused: ${key}$`)

test.group('ORD-04: M 3.2 解約までの所要期間', () => {
  for (const name of ['server_cancellation', 'load_balancer_cancellation']) {
    const what = name === 'server_cancellation' ? '基本サーバ' : 'ロードバランサ'

    test(`${what}: 即日～翌月末までの指定日`, ({ assert }) => {
      assert.deepEqual(cell(name), { first: '2026-11-24', last: '2026-12-31' })
      assert.isNull(whyNot(name, '2026-11-28'))
      assert.isNull(whyNot(name, '2026-12-31'))
      assert.equal(whyNot(name, '2027-01-01'), 'too_late')
      assert.equal(whyNot(name, '2026-11-23'), 'too_early')
    })

    test(`${what}: 当日解約受付は17時まで`, ({ assert }) => {
      assert.isNull(whyNot(name, '2026-11-24', {}, at('2026-11-24', 16, 59)))
      assert.equal(whyNot(name, '2026-11-24', {}, at('2026-11-24', 17)), 'too_early')
      assert.isNull(whyNot(name, '2026-11-22', {}, at('2026-11-22', 16, 59)))
    })
  }

  test('グローバルIPアドレス追加: 5営業日程度', ({ assert }) => {
    assert.deepEqual(cell('global_ip_cancellation'), { expected: '2026-11-30' })
  })

  test('ドメイン名維持管理: Authコード・レジストリキーの案内 2営業日程度', ({ assert }) => {
    assert.deepEqual(cell('domain_maintenance_cancellation'), { expected: '2026-11-25' })
    assert.include(kindOf('domain_maintenance_cancellation').steps!, 'auth_code')
  })

  test('Active!mail: 即時', ({ assert }) => {
    assert.deepEqual(cell('webmail_cancellation', {}, at('2026-11-22', 23, 59)), {
      expected: '2026-11-22',
    })
    assert.equal(kindOf('webmail_cancellation').work, 'machine')
  })

  test('every option that can be ordered can be cancelled', ({ assert }) => {
    const begun = ['global_ip', 'domain_maintenance', 'webmail', 'cybozu_install', 'firewall']
    begun.push('access_analysis', 'load_balancer', 'dns_service', 'mail_archive', 'waf')
    begun.push('closed_network', 'ssl_setup', 'ssl_quick', 'ssl_secom', 'ssl_secom_ev')
    const ended = kinds.flatMap(({ cancels }) => cancels ?? [])
    assert.sameMembers(ended, [...begun, 'server'])
  })
})

test.group('ORD-04: M 3.2 備考', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('基本サーバ: 解約予約中は、該当サーバ内のオプションの申込・変更・解約は実施できません', async ({
    assert,
  }) => {
    const { contract, contractor, server, domain, mailbox } = await makeTenant()
    const other = await makeServer(contract)
    const owner = { serverId: server.id, domainId: domain.id }
    const option = await haveOption(contract, 'webmail', { ...owner, details: '{"mailboxes":[]}' })
    const request = { serverId: server.id, dueOn: '2026-12-20' }
    const booked = await applyAt(tuesday, contractor, 'server_cancellation', request)

    const later = at('2026-11-25')
    const plan = { details: { plan: 'B', when: 'now' } }
    const mailboxes = { details: { mailboxes: [mailbox.id] } }
    const attempts = [
      ['plan_change', { serverId: server.id, ...plan }],
      ['dns_change', { domainId: domain.id, details: { request: 'NS' } }],
      ['ssl_quick', { domainId: domain.id, details: { names: 'both' } }],
      ['webmail_change', { optionId: option.id, ...mailboxes }],
      ['webmail_cancellation', { optionId: option.id }],
      ['waf', { domainId: domain.id }],
    ] as const
    for (const [kind, wish] of attempts) {
      const attempt = () => applyAt(later, contractor, kind, wish)
      await assert.rejects(attempt, refused('server_is_being_cancelled'))
    }
    const elsewhere = await applyAt(later, contractor, 'plan_change', {
      serverId: other.id,
      ...plan,
    })
    assert.equal(elsewhere.state, 'waiting')
    await booked.withdraw(contractor)
    const again = await applyAt(later, contractor, 'waf', { domainId: domain.id })
    assert.equal(again.state, 'waiting')
  })

  test('基本サーバ: サーバ解約時、該当サーバ内のドメインのオプションは、すべて同時に解約されます', async ({
    assert,
  }) => {
    const { contract, contractor, server, domain, admin } = await makeTenant()
    const second = await makeServer(contract)
    const { domain: kept } = await makeDomain(second)
    const waf = await haveOption(contract, 'waf', { serverId: server.id, domainId: domain.id })
    const stays = await haveOption(contract, 'waf', { serverId: second.id, domainId: kept.id })
    const upkeep = await haveOption(contract, 'domain_maintenance', {
      details: JSON.stringify({ name: domain.unicodeName, ascii: domain.name }),
    })
    const from = Day.of('2026-01-05')
    const { id: contractId } = contract
    await db.transaction(async (client) => {
      await Fee.begin({ contractId, code: 'plan.A', serverId: server.id, from }, client)
      await Fee.begin({ contractId, code: 'waf', optionId: waf.id, from }, client)
    })
    const ssl = await applyAt(tuesday, contractor, 'ssl_secom', {
      domainId: domain.id,
      details: { names: 'both' },
    })
    const request = { serverId: server.id, dueOn: '2026-11-24' }
    const order = await applyAt(tuesday, contractor, 'server_cancellation', request)
    assert.equal(order.dueAt!.toJSDate().toISOString(), '2026-11-24T15:00:00.000Z')

    await performDue(order, at('2026-11-24', 23, 59))
    assert.equal(order.state, 'waiting')
    await performDue(order, at('2026-11-25', 0))
    assert.equal(order.state, 'done')

    for (const option of [waf, upkeep]) {
      await option.refresh()
      assert.equal(option.endedOn, '2026-11-24')
      assert.equal(option.cancellationId, order.id)
    }
    await stays.refresh()
    assert.isNull(stays.endedOn)
    await ssl.refresh()
    assert.equal(ssl.state, 'withdrawn')
    const fees = await Fee.query().where('contractId', contract.id)
    assert.deepEqual(
      fees.map(({ untilOn }) => untilOn),
      ['2026-11-24', '2026-11-24']
    )
    await server.refresh()
    assert.equal(server.state, 'ended')
    assert.equal(server.endedOn, '2026-11-24')
    assert.isNotNull(await DomainDeletion.findBy('domainId', domain.id))
    assert.isTrue(await admin.isOfWaitingDomain())
    const task = await Task.query().where('serverId', server.id).orderBy('id', 'desc').first()
    assert.equal(task?.kind, 'stop_server')
  })

  test('what ends with a server is shown before it is cancelled', async ({ assert }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    await haveOption(contract, 'waf', {
      serverId: server.id,
      domainId: domain.id,
      details: JSON.stringify({ name: domain.unicodeName }),
    })
    await applyAt(tuesday, contractor, 'dns_change', {
      domainId: domain.id,
      details: { request: 'NS' },
    })
    const ends = await kindOf('server_cancellation').ends!({ server } as never)
    assert.deepEqual(ends, [
      { kind: 'server', name: server.name },
      { kind: 'domain', name: domain.unicodeName },
      { kind: 'waf', name: domain.unicodeName },
      { kind: 'dns_change', name: `${domain.unicodeName}（お申込み中）` },
    ])
  })

  test('ORD-05: 基本サービス(物理専用タイプ)の解約 comes on paper', async ({ assert }) => {
    const { contractor, server } = await makeTenant()
    await server.merge({ kind: 'physical', plan: 'SAS' }).save()
    const request = { serverId: server.id, dueOn: '2026-12-20' }
    await assert.rejects(
      () => applyAt(tuesday, contractor, 'server_cancellation', request),
      refused('order_by_form_only')
    )
  })

  test('グローバルIP: 解約作業後はhttpsによる通信ができなくなり、httpは初期IPアドレスで続く', async ({
    assert,
  }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    const address = await haveAddedAddress(server)
    const option = await haveOption(contract, 'global_ip', {
      serverId: server.id,
      details: JSON.stringify({ name: server.name, address }),
    })
    await domain.merge({ httpsRedirect: true, hstsSeconds: 300 }).save()
    const order = await applyAt(tuesday, contractor, 'global_ip_cancellation', {
      optionId: option.id,
    })
    assert.equal(order.dueOn, '2026-11-30')
    await performDue(order, at('2026-11-30', 10))
    assert.equal(order.state, 'done')
    const now = await Domain.findOrFail(domain.id)
    assert.isFalse(now.httpsRedirect)
    assert.isNull(now.certificateId)
    assert.isNull(await AutomaticCertificate.findBy('domainId', domain.id))
    const task = await Task.query().where('kind', 'set_addresses').firstOrFail()
    assert.deepEqual(task.input, { serverId: server.id, released: address })
    const own = await Server.findOrFail(server.id)
    assert.equal(own.address, server.address)
    await option.refresh()
    assert.equal(option.endedOn, '2026-11-24', 'M 3.2 ※: 解約申込日を解約日とします')
  })

  test('Active!mail: 変更は1日1回に限ります', async ({ assert }) => {
    const { contract, contractor, server, domain, mailbox } = await makeTenant()
    const { mailbox: second } = await makeMailbox(domain, server)
    const details = JSON.stringify({ mailboxes: [mailbox.id], name: domain.unicodeName })
    const owner = { serverId: server.id, domainId: domain.id }
    const option = await haveOption(contract, 'webmail', { ...owner, details })
    const request = { optionId: option.id, details: { mailboxes: [mailbox.id, second.id] } }
    const change = await applyAt(tuesday, contractor, 'webmail_change', request)
    await performDue(change, tuesday)
    await option.refresh()
    assert.equal(option.quantity, 2)
    const end = (moment: Date) => () =>
      applyAt(moment, contractor, 'webmail_cancellation', { optionId: option.id })
    await assert.rejects(end(at('2026-11-24', 23, 59)), refused('order_once_a_day'))
    const order = await end(at('2026-11-25', 0))()
    await performDue(order, at('2026-11-25', 0))
    await option.refresh()
    assert.equal(option.endedOn, '2026-11-25')
  })

  test('※基本サーバ、ロードバランサ以外: 解約申込日を解約日とします', async ({ assert }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    const owner = { serverId: server.id, domainId: domain.id }
    const ends = ['domain_maintenance', 'ssl_setup', 'access_analysis', 'mail_archive', 'waf']
    ends.push('dns_service', 'closed_network', 'firewall')
    for (const kind of ends) {
      const option = await haveOption(contract, kind, owner)
      const request = { optionId: option.id }
      const order = await applyAt(tuesday, contractor, `${kind}_cancellation`, request)
      if (order.rules.work === 'machine') await performDue(order, tuesday)
      else await order.finish(system)
      await option.refresh()
      assert.equal(option.endedOn, '2026-11-24', kind)
    }
  })

  test('ロードバランサ: its last day is the one that was chosen', async ({ assert }) => {
    const { contract, contractor } = await makeTenant()
    const option = await haveOption(contract, 'load_balancer')
    const request = { optionId: option.id, dueOn: '2026-12-19' }
    const order = await applyAt(tuesday, contractor, 'load_balancer_cancellation', request)
    assert.equal(order.dueAt!.toJSDate().toISOString(), '2026-12-19T15:00:00.000Z')
    await order.finish(system)
    await option.refresh()
    assert.equal(option.endedOn, '2026-12-19')
  })

  test('an option of another kind, contract or one that has ended is not cancelled by it', async ({
    assert,
  }) => {
    const { contract, contractor } = await makeTenant()
    const other = await makeTenant()
    const waf = await haveOption(contract, 'waf')
    const foreign = await haveOption(other.contract, 'load_balancer')
    const ended = await haveOption(contract, 'load_balancer', { endedOn: '2026-01-31' })
    const cancel = (id: number) => () =>
      applyAt(tuesday, contractor, 'load_balancer_cancellation', {
        optionId: id,
        dueOn: '2026-12-01',
      })
    await assert.rejects(cancel(waf.id), refused('order_option_is_another'))
    for (const { id } of [foreign, ended]) await assert.rejects(cancel(id), /Row not found/)
    assert.lengthOf(await Order.all(), 0)
    assert.lengthOf(await Option.all(), 3)
  })
})
