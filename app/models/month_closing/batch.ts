import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { taxPerRate, totalOf } from '#billing/tax'
import { chunked } from '#models/batches'
import type MonthClosing from '#models/month_closing'
import { readBatch, type BatchFacts, type ContractRow } from '#models/month_closing/facts'
import { invoiceOf } from '#models/month_closing/invoice'
import { statedLines } from '#models/month_closing/lines'
import type { Line } from '#models/statement/lines'
import { sqlTime } from '#models/task/clock'

interface Stated {
  readonly contract: ContractRow
  readonly lines: readonly Line[]
  readonly oneTimeFeeIds: readonly number[]
}

/**
 * The statements of the next contracts, and that they are made, in one transaction: cut off anywhere, all of it is there
 * or nothing. Does nothing when somebody else went on meanwhile.
 */
export async function closeBatch(closing: MonthClosing, size: number): Promise<void> {
  const contracts = await nextContracts(closing, size)
  await db.transaction(async (client) => {
    if (!(await moveOn(closing, contracts.at(-1)?.id ?? null, client))) return
    if (contracts.length === 0) return
    const facts = await readBatch(closing, contracts, client)
    const { stated, unpriced } = reckon(contracts, facts, closing)
    await store(stated, closing, client)
    await count(closing, stated.length, unpriced, client)
  })
}

/** The first statement of the transaction is a write: nobody else is in the same batch from here on. */
async function moveOn(
  closing: MonthClosing,
  to: number | null,
  client: TransactionClientContract
): Promise<boolean> {
  const now = sqlTime()
  const end = to === null ? { finished_at: now } : { last_contract_id: to }
  const changed = await client
    .from('month_closings')
    .where({ id: closing.id, last_contract_id: closing.lastContractId })
    .whereNull('finished_at')
    .update({ ...end, updated_at: now })
  return Number(changed) > 0
}

function nextContracts({ lastContractId }: MonthClosing, size: number): Promise<ContractRow[]> {
  const own = 'case when billing_address is null then'
  return db
    .from('contracts')
    .leftJoin('contract_profiles', 'contract_profiles.contract_id', 'contracts.id')
    .where('contracts.id', '>', lastContractId)
    .orderBy('contracts.id')
    .limit(size)
    .select('contracts.id', 'code', 'name', 'billing_name as addressee')
    .select(db.raw(`${own} postal_code else billing_postal_code end as postal_code`))
    .select(db.raw(`${own} address else billing_address end as address`))
}

function reckon(contracts: readonly ContractRow[], facts: BatchFacts, closing: MonthClosing) {
  const stated: Stated[] = []
  const unpriced: number[] = []
  for (const contract of contracts) {
    if (facts.stated.has(contract.id)) continue
    const made = statedLines(contract.id, facts, closing.of)
    if (!made) unpriced.push(contract.id)
    else if (made.lines.length > 0) stated.push({ contract, ...made })
  }
  return { stated, unpriced }
}

async function store(
  stated: readonly Stated[],
  closing: MonthClosing,
  client: TransactionClientContract
) {
  if (stated.length === 0) return
  const now = sqlTime()
  await insertAll(
    'statements',
    stated.map((each) => statementRow(each, closing, now)),
    client
  )
  const ids = await statementIds(stated, closing, client)
  const lines = stated.flatMap((each) =>
    each.lines.map((line) => ({ statement_id: ids.get(each.contract.id), ...line }))
  )
  await insertAll('statement_lines', lines, client)
  const invoices = stated.map(({ contract }) => ({
    ...invoiceOf(contract, closing.of),
    ...{ statement_id: ids.get(contract.id), created_at: now },
  }))
  await insertAll('invoices', invoices, client)
  for (const { contract, oneTimeFeeIds } of stated)
    for (const some of chunked(oneTimeFeeIds))
      await client
        .from('one_time_fees')
        .whereIn('id', some)
        .update({ statement_id: ids.get(contract.id) })
}

function statementRow({ contract, lines }: Stated, { month }: MonthClosing, now: string) {
  const rates = taxPerRate(lines.map(({ yen, tax_percent }) => ({ yen, taxPercent: tax_percent })))
  const { net, tax } = totalOf(rates)
  const sums = { net_yen: net, tax_yen: tax, taxes: JSON.stringify(rates) }
  return { contract_id: contract.id, month, ...sums, created_at: now }
}

async function statementIds(
  stated: readonly Stated[],
  { month }: MonthClosing,
  client: TransactionClientContract
): Promise<Map<number, number>> {
  const rows: { id: number; contract_id: number }[] = await client
    .from('statements')
    .where({ month })
    .whereIn(
      'contract_id',
      stated.map(({ contract }) => contract.id)
    )
    .select('id', 'contract_id')
  return new Map(rows.map((row) => [row.contract_id, row.id]))
}

async function count(
  closing: MonthClosing,
  statements: number,
  unpriced: readonly number[],
  client: TransactionClientContract
) {
  const row = await client.from('month_closings').where('id', closing.id).forUpdate().first()
  const known: number[] = JSON.parse(row.unpriced)
  await client
    .from('month_closings')
    .where('id', closing.id)
    .update({
      statements: Number(row.statements) + statements,
      unpriced: JSON.stringify([...known, ...unpriced]),
      updated_at: sqlTime(),
    })
}

async function insertAll(
  table: string,
  rows: readonly object[],
  client: TransactionClientContract
) {
  for (const some of chunked(rows, 250))
    await client
      .insertQuery()
      .table(table)
      .multiInsert(some as Record<string, unknown>[])
}
