import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { Day } from '#calendar/day'
import { emptyBooks, lastMonth, makePrice, makeStatement } from '#database/factories/billing'
import { makeContract, makeStaff } from '#database/factories/tenant'
import Fee from '#models/fee'
import MonthClosing from '#models/month_closing'
import OneTimeFee from '#models/one_time_fee'
import Price from '#models/price'
import Statement from '#models/statement'
import Task from '#models/task'

const today = () => Day.at(new Date())
const tomorrow = () => today().plus(1).toString()

test.group('Billing by staff', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => emptyBooks())

  test('ORD-07: a price counts from its day on, and may be taken back until then', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    await makePrice('plan.A', 9_800)
    const form = {
      price_code: 'plan.A',
      yen: '１２,３４５円',
      tax_percent: '10',
      valid_from: tomorrow(),
    }
    const stored = await client
      .post('/staff/prices')
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .form(form)
      .redirects(0)
    stored.assertHeader('location', '/staff/prices')

    const now = await Price.on('plan.A', today())
    const then = await Price.on('plan.A', today().plus(1))
    assert.deepEqual([now?.yen, then?.yen], [9_800, 12_345])
    const list = await client.get('/staff/prices').withGuard('staff').loginAs(staff)
    list.assertTextIncludes('12,345円')

    const price = await Price.findByOrFail({ code: 'plan.A', validFrom: tomorrow() })
    assert.equal(price.staffId, staff.id)
    await client
      .post(`/staff/prices/${price.id}?_method=DELETE`)
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)
    const after = await Price.on('plan.A', today().plus(1))
    assert.equal(after?.yen, 9_800)
  })

  test('ORD-07: what days that are over cost, nobody changes', async ({ assert, client }) => {
    const staff = await makeStaff()
    const old = await makePrice('plan.A', 9_800)
    const form = { price_code: 'plan.A', yen: '1', tax_percent: '10' }
    const wrong = [
      { ...form, valid_from: today().plus(-1).toString() },
      { ...form, valid_from: '2026-02-30' },
      { ...form, valid_from: tomorrow(), yen: '-1' },
      { ...form, valid_from: tomorrow(), yen: '1.5' },
      { ...form, valid_from: tomorrow(), yen: '100000001' },
      { ...form, valid_from: tomorrow(), tax_percent: '11' },
      { ...form, valid_from: tomorrow(), price_code: 'plan.Z' },
    ]
    for (const typed of wrong) {
      await client
        .post('/staff/prices')
        .withGuard('staff')
        .loginAs(staff)
        .withCsrfToken()
        .form(typed)
        .redirects(0)
    }
    await client
      .post(`/staff/prices/${old.id}?_method=DELETE`)
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)

    assert.lengthOf(await Price.query().where('code', 'plan.A'), 1)
    assert.lengthOf(await Price.all(), 1)
  })

  test('ORD-07: what has no price gets one here, and the month is made anew for it', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { contract } = await makeContract()
    const month = lastMonth()
    const [fee, once] = await db.transaction(async (trx) => {
      const wish = { contractId: contract.id, code: 'closed_network' } as const
      const single = { contractId: contract.id, code: 'migration', on: month.last } as const
      return [
        await Fee.begin({ ...wish, from: month.first }, trx),
        await OneTimeFee.charge(single, trx),
      ]
    })
    const closing = await MonthClosing.start(month)
    await closing.finish()
    const page = await client.get('/staff/quotes').withGuard('staff').loginAs(staff)
    page.assertTextIncludes('閉域網接続')
    page.assertTextIncludes('データ移行支援')

    const put = (path: string) =>
      client
        .post(`${path}?_method=PUT`)
        .withGuard('staff')
        .loginAs(staff)
        .withCsrfToken()
        .redirects(0)
    await put(`/staff/fee_quotes/${fee.id}`).form({ yen: '30000' })
    await put(`/staff/one_time_fee_quotes/${once.id}`).form({ yen: '50,000' })
    await client
      .post(`/staff/month_closings/${closing.id}/reopening`)
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)
    const task = await Task.query().where('kind', 'close_months').first()
    assert.isNotNull(task)
    await closing.refresh()
    await closing.finish()

    const statement = await Statement.findByOrFail({ contractId: contract.id })
    assert.equal(statement.netYen, 80_000)
    // It was told: nobody changes it any more
    const late = await put(`/staff/one_time_fee_quotes/${once.id}`).form({ yen: '1' })
    late.assertStatus(404)
  })

  test('ORD-07: the books get a line per invoice and rate, and per line', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { contract } = await makeContract('=株式会社"テスト",\nつかさ')
    const { invoice } = await makeStatement(contract)
    const month = lastMonth()
    const get = (query: string) =>
      client.get(`/staff/statement_files?${query}`).withGuard('staff').loginAs(staff)

    const rates = await get(`month=${month}`)
    const lines = await get(`month=${month}&of=lines`)

    assert.match(rates.header('content-type')!, /text\/csv/)
    assert.include(
      rates.text(),
      `${month},${invoice.number},${contract.code},"'=株式会社""テスト"",\nつかさ"`
    )
    assert.include(rates.text(), ',10,9800,980,10780\r\n')
    assert.include(
      lines.text(),
      `,plan.A,プランA,msv000001,${month.first},${month.last},,1,9800,10,9800`
    )
  })

  test('ORD-07: statements are found by contract and month', async ({ client }) => {
    const staff = await makeStaff()
    const { contract } = await makeContract('株式会社さがす')
    const statement = await makeStatement(contract)

    const get = (path: string) => client.get(path).withGuard('staff').loginAs(staff)
    const list = await get(`/staff/statements?q=${contract.code}&month=${lastMonth()}`)
    const nobody = await get('/staff/statements?q=nobody-there')
    const nonsense = await get('/staff/statements?month=2026-13')
    const page = await get(`/staff/statements/${statement.id}`)
    const months = await get('/staff/month_closings')

    list.assertTextIncludes(statement.invoice.number)
    nobody.assertTextIncludes('明細はありません')
    nonsense.assertStatus(200)
    page.assertTextIncludes('株式会社さがす')
    months.assertTextIncludes('9,800円')
  })
})
