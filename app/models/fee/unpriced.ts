import db from '@adonisjs/lucid/services/db'
import type { BillingCode } from '#billing/codes'

export interface UnpricedRow {
  readonly id: number
  readonly code: BillingCode
  readonly quantity: number
  readonly subject: string | null
  /** First day, or the day on which it is paid. */
  readonly day: string
  readonly contract_code: string
  readonly contract_name: string
}

const most = 200

/** What waits for a price of its own: no statement is made of the contract until it has one. */
export async function unpricedFees() {
  const [lasting, once] = await Promise.all([lastingFees(), oneTimeFees()])
  return { lasting, once }
}

function lastingFees(): Promise<UnpricedRow[]> {
  return withContract('fees', 'from_on')
    .whereRaw('(until_on is null or until_on >= from_on)')
    .whereNotExists((priced) =>
      priced
        .from('prices')
        .whereColumn('prices.code', 'fees.code')
        .whereColumn('prices.valid_from', '<=', 'fees.from_on')
    )
}

function oneTimeFees(): Promise<UnpricedRow[]> {
  return withContract('one_time_fees', 'charged_on').whereNull('statement_id')
}

function withContract(table: 'fees' | 'one_time_fees', day: string) {
  return db
    .from(table)
    .join('contracts', 'contracts.id', `${table}.contract_id`)
    .whereNull('unit_yen')
    .select(`${table}.id`, `${table}.code`, 'quantity', 'subject', `${day} as day`)
    .select('contracts.code as contract_code', 'contracts.name as contract_name')
    .orderBy(`${table}.id`)
    .limit(most)
}
