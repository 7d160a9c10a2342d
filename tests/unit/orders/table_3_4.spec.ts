import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import { Day } from '#calendar/day'
import { makeServer, makeStaff, makeTenant, type Tenant } from '#database/factories/tenant'
import Order from '#models/order'
import { windowIsOpen } from '#calendar/work_window'
import { kinds } from '#orders/index'
import type { OrderRequest } from '#orders/placing'
import { applyAt, calendar, tuesday } from '#tests/support/order_table'

/** So late that it can be chosen whenever this runs, and no holiday. */
function openDay(fits: (day: Day) => boolean = () => true) {
  let day = calendar.nth(Day.at(new Date()), 12)
  while (!fits(day)) day = calendar.openFrom(day.plus(1))
  return String(day)
}

const person = {
  registrant: 'つかさ商事',
  registrant_english: 'Tsukasa Trading',
  address: '大阪府大阪市北区',
  mail: 'taro@example.jp',
}

test.group('ORD-05: M 3.4 コントロールパネル以外のお申込み', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  /** What the panel doesn't take, whatever is forged, staff enters from the paper. */
  const rows: readonly [string, string, (tenant: Tenant) => Promise<Partial<OrderRequest>>][] = [
    [
      '初回の基本サービス（仮想専用タイプ）の申込',
      'first_virtual_server',
      async () => ({ details: { plan: 'B' }, dueOn: openDay() }),
    ],
    [
      '初回の基本サービス（物理専用タイプ）の申込',
      'first_physical_server',
      async () => ({ details: { plan: 'SAS' }, dueOn: openDay() }),
    ],
    [
      '初回のロードバランサの申込',
      'load_balancer',
      async ({ domain, server }) => ({
        details: { domains: [domain.id], servers: [server.id] },
        dueOn: openDay(),
      }),
    ],
    [
      'NE.JPドメインの申込',
      'domain_registration',
      async () => ({ details: { ...person, name: 'tsukasa.ne.jp' } }),
    ],
    [
      'GR.JPドメインの申込',
      'domain_registration',
      async () => ({ details: { ...person, name: 'tsukasa.gr.jp' } }),
    ],
    [
      'サイボウズ Officeライセンス購入の申込',
      'cybozu_licence',
      async ({ domain }) => ({ domainId: domain.id, details: { licence: 'new', users: 10 } }),
    ],
    [
      '基本サービス（物理専用タイプ）の解約',
      'server_cancellation',
      async ({ contract }) => {
        const server = await makeServer(contract)
        await server.merge({ kind: 'physical', plan: 'SAS' }).save()
        return { serverId: server.id, dueOn: openDay() }
      },
    ],
    [
      'ディスク容量拡張（平日夜間帯）の申込',
      'disk_extension',
      async ({ server }) => ({
        serverId: server.id,
        details: { units: 1 },
        dueOn: openDay((day) => windowIsOpen(calendar, day, '21-24')),
        window: '21-24',
      }),
    ],
  ]

  for (const [name, kind, wishOf] of rows)
    test(`${name}: on paper, entered by staff`, async ({ assert }) => {
      const tenant = await makeTenant()
      const wish = await wishOf(tenant)
      await assert.rejects(
        () => applyAt(new Date(), tenant.contractor, kind, wish),
        'refused: order_by_form_only'
      )
      const whole = { contractId: tenant.contract.id, details: {}, token: randomUUID(), kind }
      const order = await Order.enter({ ...whole, ...wish }, await makeStaff())
      assert.equal(order.kind, kind)
      assert.isNull(order.accountId)
    })

  test('サイボウズ Officeライセンス（一部）: more users and renewals are ordered in the panel', async ({
    assert,
  }) => {
    const { contractor, domain } = await makeTenant()
    for (const licence of ['users', 'renewal']) {
      const wish = { domainId: domain.id, details: { licence, users: 10 } }
      const order = await applyAt(tuesday, contractor, 'cybozu_licence', wish)
      assert.equal(order.state, 'received')
      await order.withdraw(contractor)
    }
  })

  test('ORD-05: staff who mistype the year are told so at the field', async ({ assert }) => {
    const [{ contract, contractor, domain }, staff] = [await makeTenant(), await makeStaff()]
    const kind = 'first_virtual_server'
    const far = { contractId: contract.id, kind, details: { plan: 'B' }, dueOn: '2099-01-05' }
    const enter = () => Order.enter({ ...far, token: randomUUID() }, staff)
    await assert.rejects(enter, 'refused: order_day_unknown')
    const wish = { domainId: domain.id, details: { page_views: 1 } }
    const order = await applyAt(new Date(), contractor, 'access_analysis', wish)
    const propose = () =>
      order.propose({ dueOn: '2099-01-05', window: null, reason: '都合' }, staff)
    await assert.rejects(propose, 'refused: order_day_unknown')
  })

  test('All others are ordered in the panel', ({ assert }) => {
    const onPaper = kinds.filter(({ door }) => door === 'form').map(({ name }) => name)
    const both = kinds.filter(({ door }) => door === 'both').map(({ name }) => name)
    assert.sameMembers(onPaper, ['first_virtual_server', 'first_physical_server'])
    const named = rows.map(([, kind]) => kind)
    // 指定事業者・レジストラ変更 of the same names comes on paper as well
    assert.sameMembers(both, [
      ...new Set([...named.filter((kind) => !onPaper.includes(kind)), 'domain_transfer']),
    ])
  })
})
