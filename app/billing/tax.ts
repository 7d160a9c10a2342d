/** What one rate makes of a month. Integers of yen, without tax. */
export interface RateTotal {
  readonly percent: number
  readonly net: number
  readonly tax: number
}

/**
 * Tax of an invoice: rounded down once per rate, never per line (消費税法 57条の4, インボイス通達 3-12). A sum below nothing,
 * when more is given back than charged, is rounded towards zero in the same way. Highest rate first.
 */
export function taxPerRate(
  lines: readonly { readonly yen: number; readonly taxPercent: number }[]
): RateTotal[] {
  const nets = new Map<number, number>()
  for (const { yen, taxPercent } of lines) nets.set(taxPercent, (nets.get(taxPercent) ?? 0) + yen)
  return [...nets]
    .sort(([one], [other]) => other - one)
    .map(([percent, net]) => ({ percent, net, tax: taxOf(net, percent) }))
}

/** Fractions of a yen are dropped. */
export function taxOf(net: number, percent: number): number {
  const product = net * percent
  if (!Number.isSafeInteger(product)) throw new RangeError(`no amount in yen: ${net}`)
  // Never minus nothing, which is not the same as nothing
  return (product - (product % 100)) / 100 || 0
}

export function totalOf(rates: readonly RateTotal[]): { net: number; tax: number; total: number } {
  const net = rates.reduce((sum, rate) => sum + rate.net, 0)
  const tax = rates.reduce((sum, rate) => sum + rate.tax, 0)
  return { net, tax, total: net + tax }
}
