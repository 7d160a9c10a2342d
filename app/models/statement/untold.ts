import ContractProfile from '#models/contract_profile'
import Statement from '#models/statement'
import { sqlTime } from '#models/task/clock'

const dayMs = 86_400_000

/** What could not be told for so long is no news any more; staff sees at the statement that nobody was told. */
const newsDays = 14

export interface UntoldStatement {
  readonly statement: Statement
  /** Where invoices go, else who is in charge; null where nobody is known. */
  readonly mail: string | null
}

/** ORD-07: statements whose customer doesn't know of them, oldest first, after that id. A few queries whatever their number. */
export async function untoldAfter(
  id: number,
  most: number,
  now = Date.now()
): Promise<UntoldStatement[]> {
  const statements = await Statement.query()
    .whereNull('toldAt')
    .where('id', '>', id)
    .where('createdAt', '>=', sqlTime(now - newsDays * dayMs))
    .orderBy('id')
    .limit(most)
    .preload('contract')
    .preload('invoice')
  const contractIds = statements.map(({ contractId }) => contractId)
  const profiles = await ContractProfile.query().whereIn('contractId', contractIds)
  const billing = new Map(profiles.map((profile) => [profile.contractId, profile.billingMail]))
  return statements.map((statement) => ({
    statement,
    mail: billing.get(statement.contractId) ?? statement.contract.noticeAddress,
  }))
}
