import db from '@adonisjs/lucid/services/db'
import i18nManager from '@adonisjs/i18n/services/main'
import type { RateTotal } from '#billing/tax'
import { csvOf } from '#models/sheet/download'

type Cells = readonly (string | number)[]

interface Stored {
  readonly id: number
  readonly month: string
  readonly taxes: string
  readonly number: string
  readonly issued_on: string
  readonly due_on: string
  readonly code: string
  readonly name: string
}

interface StoredLine {
  readonly statement_id: number
  readonly code: string
  readonly subject: string | null
  readonly quantity: number
  readonly unit_yen: number
  readonly from_on: string
  readonly until_on: string
  readonly is_correction: number | boolean
  readonly tax_percent: number
  readonly yen: number
}

const batch = 500
const say = (key: string) => i18nManager.locale(i18nManager.defaultLocale).t(key)

const invoiceHead = ['対象月', '請求書番号', '契約ID', '契約者名', '発行日', '支払期限']

/** ORD-07: a month for the books, a line for each invoice and rate of tax. */
export function ratesSheet(month: string): AsyncIterable<string> {
  const head = [...invoiceHead, '税率(%)', '税抜金額', '消費税額', '税込金額']
  return sheet(month, head, async (statements) =>
    statements.flatMap((statement) => {
      const rates: RateTotal[] = JSON.parse(statement.taxes)
      return rates.map(({ percent, net, tax }) => [
        ...facts(statement),
        percent,
        net,
        tax,
        net + tax,
      ])
    })
  )
}

/** The same with a line for each line of the statements. */
export function linesSheet(month: string): AsyncIterable<string> {
  const own = [
    '品目コード',
    '品目',
    '対象',
    '開始日',
    '終了日',
    '調整',
    '数量',
    '単価',
    '税率(%)',
    '税抜金額',
  ]
  return sheet(month, [...invoiceHead, ...own], async (statements) => {
    const byId = new Map(statements.map((statement) => [statement.id, statement]))
    const lines: StoredLine[] = await db
      .from('statement_lines')
      .whereIn('statement_id', [...byId.keys()])
      .orderBy('statement_id')
      .orderBy('id')
    return lines.map((line) => [...facts(byId.get(line.statement_id)!), ...cellsOf(line)])
  })
}

function cellsOf(line: StoredLine): Cells {
  const what = [line.code, say(`prices.${line.code}`), line.subject ?? '']
  const days = [line.from_on, line.until_on, line.is_correction ? '調整' : '']
  return [...what, ...days, line.quantity, line.unit_yen, line.tax_percent, line.yen]
}

function facts({ month, number, code, name, issued_on: issued, due_on: due }: Stored): Cells {
  return [month, number, code, name, issued, due]
}

/** A few hundred statements at a time, however many there are. */
async function* sheet(
  month: string,
  head: Cells,
  rowsOf: (statements: readonly Stored[]) => Promise<Cells[]>
) {
  yield csvOf([head.map(String)])
  for (let last = 0; ;) {
    const statements = await statementsAfter(last, month)
    if (statements.length === 0) return
    last = statements.at(-1)!.id
    const rows = await rowsOf(statements)
    if (rows.length > 0) yield csvOf(rows.map((cells) => cells.map(String)))
  }
}

function statementsAfter(last: number, month: string): Promise<Stored[]> {
  return db
    .from('statements')
    .join('contracts', 'contracts.id', 'statements.contract_id')
    .join('invoices', 'invoices.statement_id', 'statements.id')
    .where('month', month)
    .where('statements.id', '>', last)
    .orderBy('statements.id')
    .limit(batch)
    .select('statements.id', 'month', 'taxes', 'contracts.code', 'contracts.name')
    .select('invoices.number', 'invoices.issued_on', 'invoices.due_on')
}
