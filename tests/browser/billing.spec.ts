import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import type { Assert } from '@japa/assert'
import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { Day } from '#calendar/day'
import { makePrice, makeStatement } from '#database/factories/billing'
import { makeContract, makeStaff } from '#database/factories/tenant'
import Fee from '#models/fee'
import OneTimeFee from '#models/one_time_fee'
import { ensurePrices } from '#database/seeders/prices'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

/** With names as long as they can be, something that is to be quoted, and something that is given back. */
async function makeLongContract() {
  await ensurePrices()
  const { contract, contractor } = await makeContract('株式会社とてもながいなまえ'.repeat(6))
  const statement = await makeStatement(contract)
  const today = Day.at(new Date())
  const owner = { contractId: contract.id, subject: `${'long-label'.repeat(6)}.co.jp` }
  await db.transaction(async (client) => {
    await Fee.begin({ ...owner, code: 'waf', from: today }, client)
    await Fee.begin({ ...owner, code: 'disk.100gb', quantity: 20, from: today }, client)
    await Fee.begin({ ...owner, code: 'closed_network', from: today }, client)
    await OneTimeFee.charge({ ...owner, code: 'ssl.secom_ev', on: today }, client)
    await OneTimeFee.charge({ ...owner, code: 'migration', on: today }, client)
  })
  await makePrice('plan.A', 100_000_000, today.plus(30).toString())
  return { contractor, statement }
}

test.group('Billing in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02: at ${width} pixels no page of what it costs is wider`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contractor, statement } = await makeLongContract()
      await browserContext.loginAs(contractor)
      const page = await visit('/')
      await look(page, width, ['/statements', `/statements/${statement.id}`], assert)
      assert.deepEqual(complaints, [])
    })

    test(`PNL-02: at ${width} pixels no page of staff's about money is wider`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { statement } = await makeLongContract()
      await browserContext.withGuard('staff').loginAs(await makeStaff())
      const page = await visit('/staff')
      const areas = ['prices', 'prices/create?code=plan.A', 'quotes', 'month_closings']
      const all = [...areas, 'statements', `statements/${statement.id}`]
      await look(
        page,
        width,
        all.map((path) => `/staff/${path}`),
        assert
      )
      assert.deepEqual(complaints, [])
    })
  }
})

async function look(page: Page, width: number, paths: readonly string[], assert: Assert) {
  await page.setViewportSize({ width, height: 900 })
  for (const path of paths) {
    await page.goto(new URL(path, page.url()).href)
    assert.equal(await overflowOf(page), 0, path)
    assert.notInclude(await page.innerText('body'), 'translation missing', path)
    const name = path.replaceAll(/[/?=.]/g, '_')
    if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
  }
}
