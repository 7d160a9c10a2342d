import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import { emptyBooks, makeStatement } from '#database/factories/billing'
import { makeContract } from '#database/factories/tenant'
import { contentsOf } from '#models/invoice/contents'
import { invoicePdf } from '#models/invoice/document'
import { storedLines } from '#models/statement/listing'

const issuer = {
  name: '株式会社つかさ',
  registrationNumber: 'T1234567890123',
  address: '東京都千代田区1-1',
  phone: '03-0000-0000',
  payTo: 'つかさ銀行 本店 普通 1234567',
}

async function contents() {
  const { contract } = await makeContract('株式会社うけとり')
  const statement = await makeStatement(contract)
  const { invoice } = statement
  invoice.issuer = JSON.stringify(issuer)
  statement.taxes = JSON.stringify([
    { percent: 10, net: 9_800, tax: 980 },
    { percent: 8, net: 105, tax: 8 },
  ])
  const [line] = await storedLines(statement.id)
  const reduced = { ...line, tax_percent: 8, yen: 105 }
  return { made: contentsOf(invoice, statement, [line, reduced]), line, invoice, statement }
}

test.group('Invoices', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => emptyBooks())

  test('ORD-07: an invoice says all that the law asks for: who, number, when, what, per rate what and its tax, for whom', async ({
    assert,
  }) => {
    const { made, invoice } = await contents()

    assert.equal(made.title, '請求書')
    assert.equal(made.issuer.name, '株式会社つかさ')
    assert.equal(made.issuer.registrationNumber, 'T1234567890123')
    assert.equal(made.recipient.name, '株式会社うけとり')
    assert.deepEqual(made.facts[0], ['請求書番号', invoice.number])
    assert.deepEqual(made.rates, [
      ['10%対象', '9,800円', '980円'],
      ['8%対象', '105円', '8円'],
    ])
    const [first, second] = made.lines
    assert.equal(first[0], 'プランA msv000001')
    assert.match(first[1], /^\d{4}\/\d\d\/01〜\d\d\/\d\d$/)
    assert.deepEqual([first[4], first[5]], ['10%', '9,800円'])
    assert.match(second[0], /※$/)
    assert.include(made.notes, '※は軽減税率の対象です。')
  })

  test('ORD-07: what gives money back is called so', async ({ assert }) => {
    const { invoice, statement, line } = await contents()
    statement.netYen = -100
    statement.taxYen = -10

    const refund = contentsOf(invoice, statement, [line])
    assert.equal(refund.title, '適格返還請求書')
    assert.deepEqual([refund.totalName, refund.total], ['ご返金額（税込）', '110円'])
    assert.notInclude(JSON.stringify(refund.facts), 'お支払期限')
    assert.notInclude(JSON.stringify(refund.notes), 'お振込先')
    assert.include(refund.notes.at(-1), '担当よりご連絡します')
  })

  test('ORD-07: a PDF of as many pages as its lines take, with the font in it', async ({
    assert,
  }) => {
    const { made } = await contents()
    const lines = Array.from({ length: 120 }, () => made.lines[0])

    const [one, many] = [await invoicePdf(made), await invoicePdf({ ...made, lines })]

    const pages = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length
    assert.equal(one.subarray(0, 5).toString(), '%PDF-')
    assert.equal(pages(one), 1)
    assert.isAtLeast(pages(many)!, 3)
    assert.include(one.toString('latin1'), '/FontFile2')
    // What is used of the font, not the whole of it
    assert.isBelow(one.length, 200_000)
  })
})
