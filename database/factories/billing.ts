import db from '@adonisjs/lucid/services/db'
import type { BillingCode } from '#billing/codes'
import { Month } from '#billing/month'
import { Day } from '#calendar/day'
import type Contract from '#models/contract'
import Fee from '#models/fee'
import MonthClosing from '#models/month_closing'
import Price from '#models/price'
import Statement from '#models/statement'

/** Of what other tests left: prices and closed months are everybody's. Call within a transaction that is undone. */
export async function emptyBooks() {
  await db.from('month_closings').delete()
  await db.from('prices').delete()
}

export async function makePrice(code: BillingCode, yen: number, validFrom = '2020-01-01') {
  return Price.updateOrCreate({ code, validFrom }, { yen, taxPercent: 10 })
}

/** The month that is over last. */
export function lastMonth() {
  return Month.at(Day.at(new Date())).previous
}

/** What a contract paid for plan A in the month that is over. */
export async function makeStatement(contract: Contract): Promise<Statement> {
  await makePrice('plan.A', 9_800)
  const month = lastMonth()
  const fee = { contractId: contract.id, code: 'plan.A', subject: 'msv000001' } as const
  await db.transaction((client) => Fee.begin({ ...fee, from: month.first }, client))
  const closing = await MonthClosing.start(month)
  await db.from('month_closings').where('id', closing.id).update({ finished_at: null })
  closing.finishedAt = null
  closing.lastContractId = contract.id - 1
  await closing.save()
  await closing.finish()
  return Statement.query().where({ contractId: contract.id }).preload('invoice').firstOrFail()
}
