import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { Day } from '#calendar/day'
import { emptyBooks, makePrice, makeStatement } from '#database/factories/billing'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import Fee from '#models/fee'
import Statement from '#models/statement'

test.group('Statements', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => emptyBooks())

  test('PNL-13: the contractor sees what last month cost and what this one will', async ({
    client,
  }) => {
    const { contract, contractor } = await makeTenant()
    const statement = await makeStatement(contract)
    await makePrice('waf', 4_980)
    const today = Day.at(new Date())
    await db.transaction((trx) =>
      Fee.begin({ contractId: contract.id, code: 'waf', from: today }, trx)
    )

    const list = await client.get('/statements').loginAs(contractor)
    list.assertStatus(200)
    list.assertTextIncludes('10,780円')
    list.assertTextIncludes('WAF')
    list.assertTextIncludes(statement.invoice.number)

    const page = await client.get(`/statements/${statement.id}`).loginAs(contractor)
    page.assertStatus(200)
    page.assertTextIncludes('プランA')
    page.assertTextIncludes('msv000001')
    page.assertTextIncludes('消費税 980円')
  })

  test('ORD-07: what is to be quoted is said, and counts nothing', async ({ client }) => {
    const { contract, contractor } = await makeTenant()
    const today = Day.at(new Date())
    await db.transaction((trx) =>
      Fee.begin({ contractId: contract.id, code: 'closed_network', from: today }, trx)
    )

    const list = await client.get('/statements').loginAs(contractor)

    list.assertTextIncludes('閉域網接続')
    list.assertTextIncludes('別途お見積りします')
  })

  test('PNL-13: six months are shown, older ones are not there', async ({ client }) => {
    const { contract, contractor } = await makeTenant()
    const statement = await makeStatement(contract)
    const old = { month: '2020-01', netYen: 1, taxYen: 0, taxes: '[]' }
    const ancient = await Statement.create({ contractId: contract.id, ...old })

    const list = await client.get('/statements').loginAs(contractor)
    const page = await client.get(`/statements/${ancient.id}`).loginAs(contractor)

    list.assertTextIncludes(statement.invoice.number)
    page.assertStatus(404)
  })

  test('REL-04: a statement of somebody else is not there', async ({ client }) => {
    const [one, other] = [await makeTenant(), await makeTenant()]
    const statement = await makeStatement(other.contract)

    const page = await client.get(`/statements/${statement.id}`).loginAs(one.contractor)

    page.assertStatus(404)
  })

  test('ORD-07: the contractor and staff get the invoice as PDF, nobody else does', async ({
    assert,
    client,
  }) => {
    const [one, other] = [await makeTenant(), await makeTenant()]
    const { invoice } = await makeStatement(one.contract)
    const staff = await makeStaff()
    const path = `/invoices/${invoice.id}`

    const own = await client.get(path).loginAs(one.contractor)
    const staffs = await client.get(`/staff${path}`).withGuard('staff').loginAs(staff)
    const foreign = await client.get(path).loginAs(other.contractor)
    const admins = await client.get(path).loginAs(one.admin).redirects(0)

    for (const { header, body } of [own, staffs].map((response) => ({
      header: response.header('content-type'),
      body: response.body() as Buffer,
    }))) {
      assert.equal(header, 'application/pdf')
      assert.equal(Buffer.from(body).subarray(0, 5).toString(), '%PDF-')
    }
    foreign.assertStatus(404)
    assert.notEqual(admins.status(), 200)
  })

  test('PNL-01: domain admins and users see nothing of what it costs', async ({
    assert,
    client,
  }) => {
    const { contract, admin, user } = await makeTenant()
    const statement = await makeStatement(contract)
    for (const person of [admin, user]) {
      for (const path of ['/statements', `/statements/${statement.id}`]) {
        const page = await client.get(path).loginAs(person).redirects(0)
        assert.notInclude(page.text(), '10,780')
        assert.notEqual(page.status(), 200)
      }
    }
    const guest = await client.get('/statements').redirects(0)
    guest.assertStatus(302)
  })
})
