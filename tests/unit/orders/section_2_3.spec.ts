import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import { makeDomain, makeServer, makeStaff, makeTenant } from '#database/factories/tenant'
import Fee from '#models/fee'
import OneTimeFee from '#models/one_time_fee'
import Option from '#models/option'
import { staffMember, system } from '#models/order/author'
import { kindOf } from '#orders/index'
import { said } from '#orders/words'
import { applyAt, at, haveOption, tuesday } from '#tests/support/order_table'

const refused = (key: string) => `refused: ${key}`
const notes = (kind: string) => String(said(`orders.kinds.${kind}.notes`))

test.group('M 2.3: 制約事項 of options', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPT-01 M 3.1 *1 プラン変更: the customer reads that the server restarts, once a day', ({
    assert,
  }) => {
    assert.include(notes('plan_change'), '再起動')
    assert.include(notes('plan_change'), '1日に1回')
  })

  test('OPT-01 プラン変更: the plan that it has is no change', async ({ assert }) => {
    const { contractor, server } = await makeTenant()
    const wish = { serverId: server.id, details: { plan: server.plan, when: 'now' } }
    const change = () => applyAt(tuesday, contractor, 'plan_change', wish)
    await assert.rejects(change, refused('order_plan_is_the_same'))
  })

  test('OPT-02 ディスク容量拡張: 最大2TBまで, once a day, never less, about thirty minutes', async ({
    assert,
  }) => {
    const { contractor, server } = await makeTenant()
    const extend = (units: number, dueOn = '2026-12-01') =>
      applyAt(tuesday, contractor, 'disk_extension', {
        serverId: server.id,
        details: { units },
        dueOn,
        window: '10-12',
      })
    await server.merge({ extraDiskGb: 1_900 }).save()
    await assert.rejects(() => extend(2), refused('order_disk_is_full'))
    const order = await extend(1)
    await order.merge({ state: 'done', openKey: null }).save()
    await assert.rejects(() => extend(1), refused('order_once_a_day'))
    await server.merge({ extraDiskGb: 2_000 }).save()
    await assert.rejects(() => extend(1, '2026-12-02'), refused('order_disk_is_at_most'))
    assert.include(notes('disk_extension'), '減らせません')
    assert.include(notes('disk_extension'), '30分')
  })

  test('OPT-04 ドメイン名代行申請, 指定事業者変更: the upkeep of the name begins with it', async ({
    assert,
  }) => {
    const { contract, contractor } = await makeTenant()
    const person = { registrant: 'つかさ商事', registrant_english: 'T', address: '大阪市' }
    for (const kind of ['domain_registration', 'domain_transfer']) {
      const details = { ...person, mail: 'taro@example.jp', name: `${kind.replace('_', '-')}.com` }
      const order = await applyAt(tuesday, contractor, kind, { details })
      await order.finish(system)
    }
    const upkeep = await Option.query().where({ contractId: contract.id })
    assert.deepEqual(
      upkeep.map(({ kind }) => kind),
      ['domain_maintenance', 'domain_maintenance']
    )
  })

  test('OPT-06 Active!mail: users of the domain only, counted for the price', async ({
    assert,
  }) => {
    const [{ contractor, domain, mailbox }, other] = [await makeTenant(), await makeTenant()]
    const order = (mailboxes: number[]) => () =>
      applyAt(tuesday, contractor, 'webmail', { domainId: domain.id, details: { mailboxes } })
    await assert.rejects(order([other.mailbox.id]), refused('order_mailbox_is_unknown'))
    await order([mailbox.id])()
    await assert.rejects(order([mailbox.id]), refused('order_is_open_already'))
    assert.include(notes('webmail_cancellation'), 'すぐに削除')
  })

  test('OPT-07 サイボウズ インストール: 1ドメインにつき1つ', async ({ assert }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    await haveOption(contract, 'cybozu_install', { serverId: server.id, domainId: domain.id })
    const install = (domainId: number) => () =>
      applyAt(tuesday, contractor, 'cybozu_install', { domainId })
    await assert.rejects(install(domain.id), refused('order_option_is_there'))
    const { domain: second } = await makeDomain(server)
    await install(second.id)()
    await assert.rejects(install(second.id), refused('order_is_open_already'))
  })

  test('OPT-07 サイボウズ バージョンアップ, 時間事前確認: of one that is there', async ({
    assert,
  }) => {
    const { contractor, domain } = await makeTenant()
    const when = { dueOn: '2026-12-01', window: '10:00' }
    for (const [kind, wish] of [
      ['cybozu_version_up', when],
      ['cybozu_estimate', {}],
    ] as const)
      await assert.rejects(
        () => applyAt(tuesday, contractor, kind, { domainId: domain.id, ...wish }),
        refused('order_cybozu_is_not_installed')
      )
  })

  test('OPT-07 サイボウズ バージョンアップ: without a メンテナンス時間 by then it is called off, and costs nothing', async ({
    assert,
  }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    await haveOption(contract, 'cybozu_install', { serverId: server.id, domainId: domain.id })
    const wish = { domainId: domain.id, dueOn: '2026-12-01', window: '0:00' }
    const order = await applyAt(tuesday, contractor, 'cybozu_version_up', wish)
    assert.equal(order.dueAt!.toJSDate().toISOString(), '2026-11-30T15:00:00.000Z')
    assert.include(notes('cybozu_version_up'), '作業を取り消します')
    assert.equal(kindOf('cybozu_version_up').steps![0], 'maintenance_time')
    const staff = staffMember(await makeStaff())
    await order.begin(staff)
    await order.reject('メンテナンス時間が設定されていませんでした', staff)
    assert.equal(order.state, 'rejected')
    assert.isNull(await OneTimeFee.findBy('orderId', order.id))
    const again = await applyAt(tuesday, contractor, 'cybozu_version_up', wish)
    assert.equal(again.state, 'received')
  })

  test('OPT-07 サイボウズ バージョンアップ: the file of the maintenance time goes if that was asked for', async ({
    assert,
  }) => {
    const { describe, steps } = kindOf('cybozu_version_up')
    assert.include(steps!, 'remove_file')
    assert.deepInclude(describe!({ removes_file: true })[0], { text: 'はい' })
    assert.deepInclude(describe!({})[0], { text: 'いいえ' })
  })

  test('OPT-09 ロードバランサ: 2ドメインまで of the contract’s own, no レディドメイン, none twice', async ({
    assert,
  }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    const details = JSON.stringify({ domains: [domain.id], servers: [server.id] })
    await haveOption(contract, 'load_balancer', { details })
    const ready = await makeDomain(server)
    await ready.domain.merge({ kind: 'ready' }).save()
    const order = (domains: number[]) => () =>
      applyAt(tuesday, contractor, 'load_balancer', {
        details: { domains, servers: [server.id] },
        dueOn: '2026-12-01',
      })
    await assert.rejects(order([domain.id]), refused('order_domain_is_balanced'))
    await assert.rejects(order([ready.domain.id]), refused('ready_domain_has_no_option'))
  })

  test('OPT-09, OPT-14 ロードバランサ: no server that is behind the firewall', async ({
    assert,
  }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    await haveOption(contract, 'load_balancer', { details: '{"domains":[],"servers":[]}' })
    await haveOption(contract, 'firewall', { details: JSON.stringify({ servers: [server.id] }) })
    const order = () =>
      applyAt(tuesday, contractor, 'load_balancer', {
        details: { domains: [domain.id], servers: [server.id] },
        dueOn: '2026-12-01',
      })
    await assert.rejects(order, refused('order_server_is_behind_firewall'))
  })

  test('OPT-14 ファイアウォール/UTM: 最大1台 for a contractor', async ({ assert }) => {
    const { contract, contractor, server } = await makeTenant()
    await server.merge({ kind: 'physical', plan: 'SAS' }).save()
    await haveOption(contract, 'firewall', { details: '{"servers":[]}' })
    const order = () =>
      applyAt(tuesday, contractor, 'firewall', { details: { servers: [server.id] } })
    await assert.rejects(order, refused('order_option_is_there'))
  })

  test('OPT-14 ファイアウォール/UTM: 物理専用タイプのサーバを最大5台, those that are ordered counted', async ({
    assert,
  }) => {
    const { contract, contractor, server } = await makeTenant()
    const members = [server.id, server.id + 1_000, server.id + 1_001, server.id + 1_002]
    await haveOption(contract, 'firewall', { details: JSON.stringify({ servers: members }) })
    const add = (moment: Date, behind?: true) => () =>
      applyAt(moment, contractor, 'physical_server_addition', {
        details: { plan: 'SAS', behind_firewall: behind },
        dueOn: '2026-12-08',
      })
    const fifth = await add(tuesday, true)()
    await assert.rejects(add(at('2026-11-25'), true), refused('order_firewall_is_full'))
    const machine = await makeServer(contract)
    await machine.merge({ kind: 'physical', plan: 'SAS', state: 'running' }).save()
    await fifth.merge({ serverId: machine.id }).save()
    await fifth.finish(system)
    await assert.rejects(add(at('2026-11-26'), true), refused('order_firewall_is_full'))
    const outside = await add(at('2026-11-26'))()
    assert.equal(outside.state, 'received')
  })

  test('OPT-14 ファイアウォール/UTM: a server that is added before it is there is not behind it', async ({
    assert,
  }) => {
    const { contract, contractor } = await makeTenant()
    const server = await makeServer(contract)
    await server.merge({ kind: 'physical', plan: 'SAS', state: 'running' }).save()
    await applyAt(tuesday, contractor, 'firewall', { details: { servers: [server.id] } })
    const add = () =>
      applyAt(tuesday, contractor, 'physical_server_addition', {
        details: { plan: 'SAS', behind_firewall: true },
        dueOn: '2026-12-08',
      })
    await assert.rejects(add, refused('order_has_no_firewall'))
    assert.include(notes('firewall'), '開通までに追加したサーバは収容されません')
    assert.include(notes('firewall'), 'DoS攻撃とみなされる')
  })

  test('OPT-10, OPT-11, OPT-12, OPT-13: DNS, archive, WAF and closed network begin once and are charged from then', async ({
    assert,
  }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    const orders = [
      ['dns_service', {}],
      ['mail_archive', { domainId: domain.id }],
      ['waf', { domainId: domain.id }],
      ['closed_network', { serverId: server.id }],
    ] as const
    for (const [kind, wish] of orders) {
      const order = await applyAt(tuesday, contractor, kind, wish)
      await order.finish(system)
      const option = await Option.query().where({ contractId: contract.id, kind }).firstOrFail()
      assert.isNotNull(await Fee.findBy('optionId', option.id), kind)
      const again = () => applyAt(at('2026-11-25'), contractor, kind, wish)
      await assert.rejects(again, refused('order_option_is_there'))
    }
  })

  test('OPT-15 データ移行支援: done by staff after it was talked over, paid once', async ({
    assert,
  }) => {
    const { contractor, server } = await makeTenant()
    const order = await applyAt(tuesday, contractor, 'migration', {
      serverId: server.id,
      details: { parts: ['web', 'mail'], source: 'old.example.jp' },
    })
    assert.equal(order.rules.work, 'staff')
    assert.deepEqual(order.rules.steps!.slice(0, 2), ['hear', 'plan'])
    await order.finish(system)
    assert.lengthOf(await OneTimeFee.query().where('orderId', order.id), 1)
    assert.lengthOf(await Fee.query().where('orderId', order.id), 0)
  })
})
