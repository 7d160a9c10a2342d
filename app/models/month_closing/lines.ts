import type { Month } from '#billing/month'
import type { BatchFacts } from '#models/month_closing/facts'
import {
  correctionsOf,
  lineOfOneTimeFee,
  linesOfFee,
  type FeeRow,
  type Line,
} from '#models/statement/lines'

/** Lines of one contract's month; null when something of it has no price. */
export function statedLines(
  contractId: number,
  facts: Pick<BatchFacts, 'prices' | 'fees' | 'touched' | 'said' | 'oneTimeFees' | 'closed'>,
  month: Month
): { readonly lines: readonly Line[]; readonly oneTimeFeeIds: readonly number[] } | null {
  const fees = facts.fees.get(contractId) ?? []
  const oneTimeFees = facts.oneTimeFees.get(contractId) ?? []
  const found = [
    ...fees.map((fee) => linesOfFee(fee, month, facts.prices)),
    ...oneTimeFees.map((fee) => [lineOfOneTimeFee(fee)]),
    ...fees.filter(({ id }) => facts.touched.has(id)).map((fee) => correctionsOfFee(fee, facts)),
  ]
  const lines: Line[] = []
  for (const some of found) {
    if (!some) return null
    for (const line of some) {
      if (!line) return null
      lines.push(line)
    }
  }
  return { lines, oneTimeFeeIds: oneTimeFees.map(({ id }) => id) }
}

/** Of every closed month that the fee has or had to do with. */
function correctionsOfFee(
  fee: FeeRow,
  { closed, prices, said }: Pick<BatchFacts, 'closed' | 'prices' | 'said'>
): Line[] | null {
  const lines: Line[] = []
  for (const month of closed) {
    if (month.last.toString() < fee.from_on) continue
    const then = (said.get(fee.id) ?? []).filter(({ from_on }) =>
      from_on.startsWith(month.toString())
    )
    const corrections = correctionsOf(fee, month, prices, then)
    if (!corrections) return null
    lines.push(...corrections)
  }
  return lines
}
