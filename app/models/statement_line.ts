import { StatementLineSchema } from '#database/schema'
import type { BillingCode } from '#billing/codes'

/** What some days of a fee cost, a fee that is paid once, or the difference to what an earlier statement said. */
export default class StatementLine extends StatementLineSchema {
  declare code: BillingCode
}
