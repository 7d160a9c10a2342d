import db from '@adonisjs/lucid/services/db'
import { containing, pageOf } from '#models/page'
import type { Line } from '#models/statement/lines'

export interface StatementRow {
  readonly id: number
  readonly month: string
  readonly contract_code: string
  readonly contract_name: string
  readonly net_yen: number
  readonly tax_yen: number
  readonly invoice_id: number
  readonly number: string
  readonly due_on: string
}

/** Lines as they are stored, in their order. */
export function storedLines(statementId: number): Promise<Line[]> {
  return db.from('statement_lines').where('statement_id', statementId).orderBy('id')
}

/** For staff: newest month first, or one month by contract. */
export function statementRows({ q, page, month }: { q: string; page: number; month: string }) {
  const query = db
    .from('statements')
    .join('contracts', 'contracts.id', 'statements.contract_id')
    .join('invoices', 'invoices.statement_id', 'statements.id')
    .select('statements.id', 'month', 'net_yen', 'tax_yen', 'contracts.code as contract_code')
    .select('contracts.name as contract_name')
    .select('invoices.id as invoice_id', 'invoices.number', 'invoices.due_on')
  if (month === '') query.orderBy('statements.id', 'desc')
  else query.where('month', month).orderBy('statements.contract_id')
  if (q !== '') {
    const text = containing(q)
    query.whereRaw("(contracts.code like ? escape '!' or contracts.name like ? escape '!')", [
      text,
      text,
    ])
  }
  return pageOf<StatementRow>(query, page)
}
