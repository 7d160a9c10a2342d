import i18nManager from '@adonisjs/i18n/services/main'
import type Invoice from '#models/invoice'
import type { InvoiceIssuer, InvoiceRecipient } from '#models/invoice'
import type { Line } from '#models/statement/lines'
import type Statement from '#models/statement'

/** Cells of one line, in the order of `lineHeads`. */
export type LineCells = readonly [string, string, string, string, string, string]

export const lineHeads: LineCells = ['内容', '期間', '単価', '数量', '税率', '金額（税抜）']

/** Everything that an invoice says (消費税法 57条の4 1項), before it is put on paper. */
export interface InvoiceContents {
  readonly title: string
  readonly recipient: InvoiceRecipient
  readonly issuer: InvoiceIssuer
  /** What and when, such as 請求書番号. */
  readonly facts: readonly (readonly [string, string])[]
  /** What the total is, in words. */
  readonly totalName: string
  readonly total: string
  readonly lines: readonly LineCells[]
  /** Per rate: what it is of, without tax, and the tax, rounded once. */
  readonly rates: readonly (readonly [string, string, string])[]
  readonly notes: readonly string[]
}

const yens = new Intl.NumberFormat('ja-JP')
const yen = (value: number) => `${yens.format(value)}円`
const day = (text: string) => text.replaceAll('-', '/')
const say = (key: string) => i18nManager.locale(i18nManager.defaultLocale).t(key)

export function contentsOf(
  invoice: Invoice,
  statement: Statement,
  lines: readonly Line[]
): InvoiceContents {
  const [year, month] = statement.month.split('-').map(Number)
  const { from: issuer, recipient } = invoice
  const isPaid = statement.outcome === 'payment'
  return {
    ...{ title: titleOf(statement), recipient, issuer },
    ...{ totalName: totalName(statement), total: yen(Math.abs(statement.totalYen)) },
    facts: [
      ['請求書番号', invoice.number],
      ['対象期間', `${year}年${month}月分`],
      ['発行日', day(invoice.issuedOn)],
      ...(isPaid ? ([['お支払期限', day(invoice.dueOn)]] as const) : []),
    ],
    lines: lines.map(cellsOf),
    rates: statement.taxPerRate.map(({ percent, net, tax }) => [
      percent === 0 ? '対象外' : `${percent}%対象`,
      yen(net),
      yen(tax),
    ]),
    notes: [
      ...(lines.some(isReduced) ? ['※は軽減税率の対象です。'] : []),
      ...(isPaid && issuer.payTo ? [`お振込先：${issuer.payTo}`] : []),
      ...noteOf(statement),
    ],
  }
}

/** What gives money back is no invoice (消費税法 57条の4 3項). */
function titleOf({ outcome }: Statement) {
  return outcome === 'refund' ? '適格返還請求書' : '請求書'
}

function totalName({ outcome }: Statement) {
  return outcome === 'refund' ? 'ご返金額（税込）' : 'ご請求金額（税込）'
}

function noteOf({ outcome }: Statement): string[] {
  if (outcome === 'payment') return []
  return [say(`messages.statements.notes.${outcome}`)]
}

const isReduced = (line: Line) => line.tax_percent === 8

function cellsOf(line: Line): LineCells {
  const what = say(`prices.${line.code}`) + (line.is_correction ? '（前月までの調整）' : '')
  const name = [what, line.subject].filter(Boolean).join(' ') + (isReduced(line) ? ' ※' : '')
  const { from_on: from, until_on: until } = line
  const days = from === until ? day(from) : `${day(from)}〜${day(until).slice(5)}`
  const price = line.is_correction ? '—' : yen(line.unit_yen)
  return [name, days, price, String(line.quantity), `${line.tax_percent}%`, yen(line.yen)]
}
