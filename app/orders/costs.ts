import type { OrderKind, Wish } from '#orders/kind'

/** Yen without tax that an order costs at once and per month. */
export interface Costs {
  readonly oneTimeYen: number
  readonly monthlyYen: number
}

// The price list comes with app/billing
export async function costsOf(_kind: OrderKind, _wish: Wish): Promise<Costs> {
  return { oneTimeYen: 0, monthlyYen: 0 }
}
