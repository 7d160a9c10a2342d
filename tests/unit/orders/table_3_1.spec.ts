import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import { windowsOn } from '#calendar/work_window'
import { Day } from '#calendar/day'
import { makeDomain, makeServer, makeStaff, makeTenant } from '#database/factories/tenant'
import Order from '#models/order'
import ServerAddress from '#models/server_address'
import { additionsPerDay } from '#orders/kinds/server_addition'
import { kindOf, kinds } from '#orders/index'
import { kindName, said } from '#orders/words'
import {
  applyAt,
  at,
  calendar,
  cell,
  haveOption,
  tuesday,
  whyNot,
} from '#tests/support/order_table'

/** Business days from 2026-11-24 on: 24, 25, 26, 27, 30, then 1, 2, 3, 4, 7 of December. */
const name = (domain: string) => ({ name: domain })

test.group('ORD-02, ORD-03: M 3.1 ご提供までの所要期間', () => {
  test('仮想専用タイプ・初回: 申込書受付日から3営業日以降の指定日', ({ assert }) => {
    assert.deepEqual(cell('first_virtual_server'), { first: '2026-11-26', last: null })
    assert.equal(whyNot('first_virtual_server', '2026-11-25'), 'too_early')
    assert.equal(whyNot('first_virtual_server', '2026-11-28'), 'closed')
    assert.isNull(whyNot('first_virtual_server', '2027-06-01'))
    assert.equal(kindOf('first_virtual_server').door, 'form')
  })

  test('仮想専用タイプ・追加: 概ね1時間以内', ({ assert }) => {
    assert.deepEqual(cell('server_addition', {}, at('2026-11-22', 23)), { expected: '2026-11-22' })
    assert.equal(kindOf('server_addition').work, 'machine')
    assert.equal(kindOf('server_addition').door, 'panel')
  })

  test('物理専用タイプ・初回: 申込書受付日から5営業日以降の指定日', ({ assert }) => {
    assert.deepEqual(cell('first_physical_server'), { first: '2026-11-30', last: null })
    assert.equal(whyNot('first_physical_server', '2026-11-27'), 'too_early')
    assert.equal(kindOf('first_physical_server').door, 'form')
  })

  test('物理専用タイプ・追加: 5営業日以降（在庫状況によって5営業日以上）', ({ assert }) => {
    assert.deepEqual(cell('physical_server_addition'), { first: '2026-11-30', last: null })
    assert.equal(whyNot('physical_server_addition', '2026-11-27'), 'too_early')
    assert.equal(kindOf('physical_server_addition').work, 'staff')
  })

  test('プラン変更: 概ね30分以内', ({ assert }) => {
    const now = { plan: 'B', when: 'now' }
    assert.deepEqual(cell('plan_change', now, at('2026-11-22', 23, 59)), { expected: '2026-11-22' })
    assert.equal(kindOf('plan_change').work, 'machine')
  })

  test('ディスク容量追加: 6営業日～翌月末までの指定日', ({ assert }) => {
    assert.deepEqual(cell('disk_extension'), { first: '2026-12-01', last: '2026-12-31' })
    assert.equal(whyNot('disk_extension', '2026-11-30'), 'too_early')
    assert.equal(whyNot('disk_extension', '2026-12-05'), 'closed')
    assert.equal(whyNot('disk_extension', '2026-12-29'), 'closed')
    assert.equal(whyNot('disk_extension', '2027-01-04'), 'too_late')
  })

  test('属性型JPドメイン名（代行申請）: 8営業日程度', ({ assert }) => {
    assert.deepEqual(cell('domain_registration', name('tsukasa.co.jp')), { expected: '2026-12-03' })
    assert.deepEqual(cell('domain_registration', name('tsukasa.or.jp')), { expected: '2026-12-03' })
  })

  test('gTLD/sTLDドメイン名（代行申請）: 4営業日程度', ({ assert }) => {
    assert.deepEqual(cell('domain_registration', name('tsukasa.com')), { expected: '2026-11-27' })
    assert.deepEqual(cell('domain_registration', name('tsukasa.jobs')), { expected: '2026-11-27' })
  })

  test('汎用JPドメイン名（代行申請）: 4営業日程度', ({ assert }) => {
    assert.deepEqual(cell('domain_registration', name('tsukasa.jp')), { expected: '2026-11-27' })
    assert.deepEqual(cell('domain_registration', name('つかさ.jp')), { expected: '2026-11-27' })
  })

  for (const [category, domain] of [
    ['属性型JPドメイン名', 'tsukasa.co.jp'],
    ['gTLD/sTLDドメイン名', 'tsukasa.com'],
    ['汎用JPドメイン名', 'tsukasa.jp'],
  ]) {
    test(`${category}（指定事業者・レジストラ変更）: 3営業日+α`, ({ assert }) => {
      assert.deepEqual(cell('domain_transfer', name(domain)), { expected: '2026-11-26' })
    })
  }

  test('DNS設定変更: 3営業日程度', ({ assert }) => {
    assert.deepEqual(cell('dns_change'), { expected: '2026-11-26' })
  })

  test('SSL対応: 7営業日程度', ({ assert }) => {
    assert.deepEqual(cell('ssl_setup'), { expected: '2026-12-02' })
  })

  test('グローバルサイン クイック認証SSL: 8営業日程度', ({ assert }) => {
    assert.deepEqual(cell('ssl_quick'), { expected: '2026-12-03' })
  })

  test('セコムパスポート forWeb 企業認証SSL: 10営業日程度', ({ assert }) => {
    assert.deepEqual(cell('ssl_secom'), { expected: '2026-12-07' })
    assert.deepEqual(cell('ssl_secom_ev'), { expected: '2026-12-07' })
  })

  test('Active!mail: 即時', ({ assert }) => {
    assert.deepEqual(cell('webmail', {}, at('2026-11-22', 23)), { expected: '2026-11-22' })
    assert.equal(kindOf('webmail').work, 'machine')
  })

  test('サイボウズ Office インストール: 5営業日程度', ({ assert }) => {
    assert.deepEqual(cell('cybozu_install'), { expected: '2026-11-30' })
  })

  test('サイボウズ Office アンインストール: 5営業日程度', ({ assert }) => {
    assert.deepEqual(cell('cybozu_uninstall'), { expected: '2026-11-30' })
  })

  test('サイボウズ Office バージョンアップ作業時間事前確認: 5営業日程度', ({ assert }) => {
    assert.deepEqual(cell('cybozu_estimate'), { expected: '2026-11-30' })
  })

  test('サイボウズ Office ライセンスの送付: 10営業日程度', ({ assert }) => {
    assert.deepEqual(cell('cybozu_licence'), { expected: '2026-12-07' })
  })

  test('サイボウズ Office バージョンアップ: 5営業日～翌月末までの指定日', ({ assert }) => {
    assert.deepEqual(cell('cybozu_version_up'), { first: '2026-11-30', last: '2026-12-31' })
    assert.deepEqual(kindOf('cybozu_version_up').windows!({}, 'contractor'), ['10:00', '0:00'])
    assert.equal(whyNot('cybozu_version_up', '2026-11-27'), 'too_early')
  })

  test('アクセスログ解析: 1営業日程度', ({ assert }) => {
    assert.deepEqual(cell('access_analysis'), { expected: '2026-11-24' })
    assert.deepEqual(cell('access_analysis', {}, at('2026-11-24', 17)), { expected: '2026-11-25' })
  })

  test('ロードバランサ: 5営業日～翌月末までの指定日', ({ assert }) => {
    assert.deepEqual(cell('load_balancer'), { first: '2026-11-30', last: '2026-12-31' })
    assert.equal(whyNot('load_balancer', '2026-11-27'), 'too_early')
    assert.equal(whyNot('load_balancer', '2027-01-05'), 'too_late')
  })

  test('*2 選択できる日時: 平日昼間帯は作業日、平日夜間帯は翌日も営業日', ({ assert }) => {
    const windows = (day: string) => [...windowsOn(calendar, Day.of(day))]
    assert.deepEqual(windows('2026-12-04'), ['10-12', '13-15', '15-17'])
    assert.deepEqual(windows('2026-12-03'), ['10-12', '13-15', '15-17', '18-21', '21-24'])
    assert.deepEqual(windows('2026-12-28'), ['10-12', '13-15', '15-17'])
    assert.deepEqual(windows('2026-12-05'), [])
  })

  test('営業日の起算: 申込を受け付けた営業日が1日目', ({ assert }) => {
    const fourth = { expected: '2026-11-27' }
    for (const moment of [at('2026-11-21'), at('2026-11-23', 12), at('2026-11-24', 0)]) {
      assert.deepEqual(cell('domain_registration', name('tsukasa.jp'), moment), fourth)
    }
    const friday = at('2026-11-20', 16, 59)
    assert.deepEqual(cell('domain_registration', name('tsukasa.jp'), friday), {
      expected: '2026-11-26',
    })
  })

  test('every kind has words, and all that staff does is said', ({ assert }) => {
    for (const { name: kind, work, steps = [], fields } of kinds) {
      assert.notEqual(kindName(kind), kind)
      assert.equal(steps.length > 0, work === 'staff', kind)
      for (const step of steps) assert.exists(said(`orders.kinds.${kind}.steps.${step}`), step)
      for (const field of Object.keys(fields)) {
        assert.exists(said(`orders.kinds.${kind}.fields.${field}`), `${kind} ${field}`)
      }
    }
  })
})

test.group('ORD-02, ORD-03: M 3.1 as it is applied for', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  const refused = (key: string) => new RegExp(`refused: ${key}$`)

  test('グローバルIPアドレス追加: SSLオプションの作業日に従う', async ({ assert }) => {
    const { contractor, server, domain } = await makeTenant()
    const details = { names: 'both' }
    const ssl = await applyAt(tuesday, contractor, 'ssl_quick', { domainId: domain.id, details })
    assert.equal(ssl.dueOn, '2026-12-03')
    const wish = { serverId: server.id, details: { ssl_order: ssl.id } }
    const address = await applyAt(at('2026-11-26'), contractor, 'global_ip', wish)
    assert.equal(address.dueOn, ssl.dueOn)
  })

  test('グローバルIPアドレス追加 is for certificates only, of the same server', async ({
    assert,
  }) => {
    const { contract, contractor, server } = await makeTenant()
    const other = await makeTenant()
    const foreign = await applyAt(tuesday, other.contractor, 'ssl_quick', {
      domainId: other.domain.id,
      details: { names: 'both' },
    })
    const second = await makeServer(contract)
    for (const [id, order] of [
      [server.id, foreign.id],
      [second.id, 999_999],
    ]) {
      const wish = { serverId: id, details: { ssl_order: order } }
      await assert.rejects(
        () => applyAt(tuesday, contractor, 'global_ip', wish),
        refused('order_needs_ssl_order')
      )
    }
  })

  test('グローバルIPアドレス追加: one for each certificate, up to 201 of a server', async ({
    assert,
  }) => {
    const { contractor, server, domain } = await makeTenant()
    const { domain: another } = await makeDomain(server)
    const [first, second] = await Promise.all(
      [domain, another].map(({ id: domainId }) =>
        applyAt(tuesday, contractor, 'ssl_quick', { domainId, details: { names: 'both' } })
      )
    )
    const wish = ({ id }: Order) => ({ serverId: server.id, details: { ssl_order: id } })
    await applyAt(tuesday, contractor, 'global_ip', wish(first))
    await applyAt(tuesday, contractor, 'global_ip', wish(second))
    await assert.rejects(
      () => applyAt(tuesday, contractor, 'global_ip', wish(first)),
      refused('order_is_open_already')
    )
  })

  test('プラン変更 and ディスク容量追加: プランA～Eのみ', async ({ assert }) => {
    const { contractor, server } = await makeTenant()
    await server.merge({ kind: 'physical', plan: 'SAS' }).save()
    const key = refused('order_not_for_physical')
    const plan = { serverId: server.id, details: { plan: 'B', when: 'now' } }
    await assert.rejects(() => applyAt(tuesday, contractor, 'plan_change', plan), key)
    const disk = {
      serverId: server.id,
      details: { units: 1 },
      dueOn: '2026-12-01',
      window: '10-12',
    }
    await assert.rejects(() => applyAt(tuesday, contractor, 'disk_extension', disk), key)
  })

  test('ディスク容量追加: days and windows that can’t be chosen are refused, forged or not', async ({
    assert,
  }) => {
    const { contractor, server } = await makeTenant()
    const disk = (dueOn: string, window: string | null) => () =>
      applyAt(tuesday, contractor, 'disk_extension', {
        serverId: server.id,
        details: { units: 1 },
        dueOn,
        window,
      })
    await assert.rejects(disk('2026-11-30', '10-12'), refused('order_day_too_early'))
    await assert.rejects(disk('2027-01-04', '10-12'), refused('order_day_too_late'))
    await assert.rejects(disk('2026-12-05', '10-12'), refused('order_day_closed'))
    await assert.rejects(disk('2026-12-01', null), refused('order_window_missing'))
    await assert.rejects(disk('2026-12-01', '12-13'), refused('order_window_unknown'))
    await assert.rejects(disk('2026-12-01', '18-21'), refused('order_by_form_only'))
    const order = await disk('2026-12-01', '13-15')()
    assert.equal(order.dueAt!.toJSDate().toISOString(), '2026-12-01T04:00:00.000Z')
  })

  test('プラン変更: 1日に1回, at once or at a booked hour', async ({ assert }) => {
    const { contractor, server } = await makeTenant()
    const wish = (when: string, plan: string, dueOn?: string, window?: string) => ({
      serverId: server.id,
      details: { plan, when },
      dueOn,
      window,
    })
    const change = (request: object, moment = tuesday) =>
      applyAt(moment, contractor, 'plan_change', request)
    const first = await change(wish('booked', 'B', '2026-11-28', '3:00'))
    assert.equal(first.dueAt!.toJSDate().toISOString(), '2026-11-27T18:00:00.000Z')
    await first.withdraw(contractor)
    const past = wish('booked', 'B', '2026-11-24', '8:00')
    await assert.rejects(() => change(past), refused('order_window_is_over'))
    const late = wish('booked', 'B', '2027-01-01', '8:00')
    await assert.rejects(() => change(late), refused('order_day_too_late'))
    const now = await change(wish('now', 'B'))
    assert.equal(now.dueAt!.toJSDate().getTime(), tuesday.getTime())
    await now.merge({ state: 'done', openKey: null }).save()
    const again = wish('now', 'C')
    await assert.rejects(() => change(again, at('2026-11-24', 23)), refused('order_once_a_day'))
    const next = await change(again, at('2026-11-25', 0))
    assert.equal(next.state, 'waiting')
  })

  test('ORD-05 NE.JP/GR.JP, the first load balancer and new licences come on paper', async ({
    assert,
  }) => {
    const { contractor, contract, server, domain } = await makeTenant()
    const onPaper = refused('order_by_form_only')
    const person = {
      registrant: 'つかさ商事',
      registrant_english: 'Tsukasa Trading',
      address: '大阪府大阪市北区',
      mail: 'taro@example.jp',
    }
    const registration = (wanted: string) => () =>
      applyAt(tuesday, contractor, 'domain_registration', {
        details: { ...person, name: wanted },
      })
    await assert.rejects(registration('tsukasa.ne.jp'), onPaper)
    await assert.rejects(registration('tsukasa.gr.jp'), onPaper)
    await assert.rejects(registration('tsukasa.de'), refused('order_name_is_not_ours_to_get'))
    const attribute = await registration('tsukasa.co.jp')()
    assert.equal(attribute.dueOn, '2026-12-03')
    const again = registration('TSUKASA.co.jp')
    await assert.rejects(again, refused('order_name_is_ordered_already'))

    const balancer = () =>
      applyAt(tuesday, contractor, 'load_balancer', {
        details: { domains: [domain.id], servers: [server.id] },
        dueOn: '2026-11-30',
      })
    await assert.rejects(balancer, onPaper)
    await haveOption(contract, 'load_balancer')
    const second = await balancer()
    assert.equal(second.dueOn, '2026-11-30')

    const licence = (kind: string) => () =>
      applyAt(tuesday, contractor, 'cybozu_licence', {
        domainId: domain.id,
        details: { licence: kind, users: 10 },
      })
    await assert.rejects(licence('new'), onPaper)
    const users = await licence('users')()
    assert.equal(users.dueOn, '2026-12-07')
  })

  test('ORD-05 what comes on paper is entered by staff', async ({ assert }) => {
    const { contractor } = await makeTenant()
    const request = { details: { plan: 'B' }, dueOn: '2026-11-26' }
    await assert.rejects(
      () => applyAt(tuesday, contractor, 'first_virtual_server', request),
      refused('order_by_form_only')
    )
    const staff = await makeStaff()
    const wish = { ...request, kind: 'first_virtual_server', contractId: contractor.contractId }
    const entered = { ...wish, token: 'paper-1', dueOn: undefined }
    await assert.rejects(() => Order.enter(entered, staff), refused('order_day_missing'))
    const far = String(calendar.openFrom(Day.at(new Date()).plus(60)))
    const order = await Order.enter({ ...wish, dueOn: far, token: 'paper-2' }, staff)
    assert.equal(order.dueOn, far)
    assert.equal(order.staffId, staff.id)
  })

  test('ORD-02 a contractor takes so many servers a day without anybody looking', async ({
    assert,
  }) => {
    const { contractor, server } = await makeTenant()
    const { computeNodeId } = server
    await ServerAddress.create({ computeNodeId, address: '198.51.100.1' })
    const add = (moment: Date) => () =>
      applyAt(moment, contractor, 'server_addition', { details: { plan: 'A' } })
    for (let n = 0; n < additionsPerDay; n++) await add(tuesday)()
    await assert.rejects(add(at('2026-11-24', 20)), refused('order_servers_of_the_day'))
    const next = await add(at('2026-11-25', 10))()
    assert.equal(next.state, 'waiting')
  })

  test('OPT-04 two contracts that want one name hear nothing of each other', async ({ assert }) => {
    const [one, other] = [await makeTenant(), await makeTenant()]
    const details = {
      name: 'tsukasa.com',
      registrant: 'つかさ商事',
      registrant_english: 'Tsukasa',
      address: '大阪市',
      mail: 'taro@example.jp',
    }
    for (const { contractor } of [one, other]) {
      const order = await applyAt(tuesday, contractor, 'domain_transfer', { details })
      assert.equal(order.state, 'received')
    }
  })

  test('OPT-05 レディドメイン has no certificate', async ({ assert }) => {
    const { contractor, domain } = await makeTenant()
    await domain.merge({ kind: 'ready' }).save()
    for (const kind of ['ssl_setup', 'ssl_quick', 'ssl_secom', 'ssl_secom_ev']) {
      const request = { domainId: domain.id, details: { names: 'both' } }
      await assert.rejects(
        () => applyAt(tuesday, contractor, kind, request),
        refused('ready_domain_has_no_option')
      )
    }
  })

  test('OPT-14 a firewall takes up to five physical servers, once, and none that is balanced', async ({
    assert,
  }) => {
    const { contract, contractor, server } = await makeTenant()
    const firewall = (servers: number[]) => () =>
      applyAt(tuesday, contractor, 'firewall', { details: { servers } })
    await assert.rejects(firewall([server.id]), refused('order_firewall_is_for_physical'))
    await server.merge({ kind: 'physical', plan: 'SSD' }).save()
    const balanced = JSON.stringify({ servers: [server.id], domains: [] })
    const option = await haveOption(contract, 'load_balancer', { details: balanced })
    await assert.rejects(firewall([server.id]), refused('order_server_is_balanced'))
    await option.merge({ endedOn: '2026-11-01' }).save()
    await firewall([server.id])()
    await assert.rejects(firewall([server.id]), refused('order_is_open_already'))
  })
})
