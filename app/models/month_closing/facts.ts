import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Month } from '#billing/month'
import type MonthClosing from '#models/month_closing'
import Price from '#models/price'
import type { FeeRow, Histories, OneTimeFeeRow } from '#models/statement/lines'
import { sqlTime } from '#models/task/clock'

export interface ContractRow {
  readonly id: number
  readonly code: string
  readonly name: string
  /** Where its invoices go, when that was said (PNL-13). */
  readonly addressee: string | null
  readonly postal_code: string | null
  readonly address: string | null
}

/** What statements said of one fee for the days of one month. */
export interface Said {
  readonly fee_id: number
  readonly from_on: string
  readonly tax_percent: number
  readonly yen: number
}

export interface BatchFacts {
  readonly prices: Histories
  /** By contract, as all of these. */
  readonly fees: ReadonlyMap<number, readonly FeeRow[]>
  /** Changed since months were closed that they have to do with. */
  readonly touched: ReadonlySet<number>
  readonly said: ReadonlyMap<number, readonly Said[]>
  readonly oneTimeFees: ReadonlyMap<number, readonly OneTimeFeeRow[]>
  /** Months that were closed before, oldest first. */
  readonly closed: readonly Month[]
  /** Contracts that have their statement of this month. */
  readonly stated: ReadonlySet<number>
}

interface TouchedRow extends FeeRow {
  readonly updated_at: string
}

/** So long may a transaction have been open that changed a fee. */
const longestMs = 3600_000

/** All that the statements of these contracts are made of, in a few queries whatever their number. */
export async function readBatch(
  closing: MonthClosing,
  contracts: readonly ContractRow[],
  client: TransactionClientContract
): Promise<BatchFacts> {
  const ids = contracts.map(({ id }) => id)
  const { closed, since, unpriced } = await before(closing, client)
  const fees = await feesOf(ids, closing.of, since, unpriced, client)
  const touched = fees.filter(
    (fee) => since && (textOf(fee.updated_at) >= since || unpriced.has(fee.contract_id))
  )
  const touchedIds = new Set(touched.map(({ id }) => id))
  return {
    ...{ prices: await Price.histories(client), closed, touched: touchedIds },
    fees: Map.groupBy(fees, (fee) => fee.contract_id),
    said: Map.groupBy(await saidOf([...touchedIds], client), ({ fee_id }) => fee_id),
    oneTimeFees: Map.groupBy(
      await oneTimeFeesOf(ids, closing.of, client),
      (fee) => fee.contract_id
    ),
    stated: await statedAmong(ids, closing, client),
  }
}

/** Months closed before this one, when the last of them began to be closed, and who had no statement in it. */
async function before({ month }: MonthClosing, client: TransactionClientContract) {
  const rows = await client.from('month_closings').where('month', '<', month).orderBy('month')
  const last = rows.at(-1)
  return {
    closed: rows.map((row) => Month.of(row.month)),
    since: last ? sqlTime(momentOf(last.created_at) - longestMs) : null,
    unpriced: new Set<number>(last ? JSON.parse(last.unpriced) : []),
  }
}

/** Of this month, and what was changed of those before it. */
async function feesOf(
  contractIds: readonly number[],
  month: Month,
  since: string | null,
  unpriced: ReadonlySet<number>,
  client: TransactionClientContract
): Promise<TouchedRow[]> {
  return client
    .from('fees')
    .whereBetween('contract_id', [contractIds[0], contractIds.at(-1)!])
    .where('from_on', '<=', month.last.toString())
    .where((wanted) => {
      wanted.whereNull('until_on').orWhere('until_on', '>=', month.first.toString())
      if (since) wanted.orWhere('updated_at', '>=', since)
      const missed = contractIds.filter((id) => unpriced.has(id))
      if (missed.length > 0) wanted.orWhereIn('contract_id', missed)
    })
    .orderBy('id')
}

async function saidOf(feeIds: readonly number[], client: TransactionClientContract) {
  const rows: Said[] = []
  for (let from = 0; from < feeIds.length; from += 500) {
    const some = client.from('statement_lines').whereIn('fee_id', feeIds.slice(from, from + 500))
    rows.push(...(await some.select('fee_id', 'from_on', 'tax_percent', 'yen')))
  }
  return rows
}

function oneTimeFeesOf(
  contractIds: readonly number[],
  month: Month,
  client: TransactionClientContract
): Promise<OneTimeFeeRow[]> {
  return client
    .from('one_time_fees')
    .whereBetween('contract_id', [contractIds[0], contractIds.at(-1)!])
    .whereNull('statement_id')
    .where('charged_on', '<=', month.last.toString())
    .orderBy('id')
}

async function statedAmong(
  contractIds: readonly number[],
  { month }: MonthClosing,
  client: TransactionClientContract
): Promise<Set<number>> {
  const rows = await client
    .from('statements')
    .where({ month })
    .whereBetween('contract_id', [contractIds[0], contractIds.at(-1)!])
    .select('contract_id')
  return new Set(rows.map(({ contract_id }) => contract_id))
}

/** SQLite answers text, MariaDB a Date. */
function momentOf(stored: string | Date): number {
  return stored instanceof Date ? stored.getTime() : Date.parse(`${stored.replace(' ', 'T')}Z`)
}

function textOf(stored: string | Date): string {
  return stored instanceof Date ? sqlTime(stored.getTime()) : stored
}
