import type Order from '#models/order'
import { said } from '#orders/words'

export interface DetailText {
  readonly term: string
  readonly text: string
}

/** What somebody filled in, as the kind says it. */
export function detailsOf({ kind, rules, facts }: Order): readonly DetailText[] {
  const told = rules.describe?.(facts) ?? []
  return told.map(({ key, text }) => ({
    term: said(`orders.kinds.${kind}.fields.${key}`) ?? key,
    text,
  }))
}

/** What staff has to do, in its order. */
export function stepsOf({ kind, rules }: Order): readonly string[] {
  return (rules.steps ?? []).map((step) => said(`orders.kinds.${kind}.steps.${step}`) ?? step)
}
