import type { Day } from '#calendar/day'
import { overlap, type Span } from '#billing/proration'

export interface PricedFrom {
  readonly from: Day
  /** Without tax, for one. */
  readonly yen: number
  readonly taxPercent: number
}

export interface PricedSpan extends Span {
  readonly yen: number
  readonly taxPercent: number
}

/** What one thing costs by day: each price until the day before the next. */
export class PriceHistory {
  readonly #prices: readonly PricedFrom[]

  constructor(prices: readonly PricedFrom[]) {
    this.#prices = [...prices].sort((one, other) => other.from.until(one.from))
  }

  on(day: Day): PricedFrom | null {
    return this.#prices.findLast(({ from }) => !from.isAfter(day)) ?? null
  }

  /** A span cut where the price changes; null when a day of it has none. */
  cut(span: Span): PricedSpan[] | null {
    if (!this.on(span.from)) return null
    return this.#prices.flatMap((price, index) => {
      const next = this.#prices.at(index + 1)
      const valid = { from: price.from, to: next ? next.from.plus(-1) : null }
      const common = overlap(valid, span)
      return common ? [{ ...common, yen: price.yen, taxPercent: price.taxPercent }] : []
    })
  }
}
