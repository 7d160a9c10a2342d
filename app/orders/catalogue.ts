import { Day } from '#calendar/day'
import type { LeadTime } from '#calendar/lead_time'
import Price from '#models/price'
import { kinds } from '#orders/index'
import { groups, type Group, type OrderKind } from '#orders/kind'
import { said } from '#orders/words'

export interface CatalogueEntry {
  readonly kind: OrderKind
  readonly prices: readonly { readonly code: string; readonly yen: number | null }[]
}

export interface CatalogueGroup {
  readonly group: Group
  readonly entries: readonly CatalogueEntry[]
}

/** Everything that can be ordered, with today's prices; cancellations are where the things are that they end. */
export async function catalogue(): Promise<readonly CatalogueGroup[]> {
  const prices = await Price.histories()
  const today = Day.at(new Date())
  const entryOf = (kind: OrderKind) => ({
    kind,
    prices: (kind.priceCodes ?? []).map((code) => ({
      code,
      yen: prices(code).on(today)?.yen ?? null,
    })),
  })
  const offered = kinds.filter(({ cancels }) => cancels === undefined)
  return groups
    .map((group) => ({
      group,
      entries: offered.filter((kind) => kind.group === group).map(entryOf),
    }))
    .filter(({ entries }) => entries.length > 0)
}

/** The kind that ends what this one began. */
export function cancellationOf(kind: string): OrderKind | undefined {
  return kinds.find(({ cancels }) => cancels === kind)
}

/** What changes an option of that kind, where anything does. */
export function changeOf(kind: string): OrderKind | undefined {
  return kinds.find(({ changes }) => changes === kind)
}

/** `5営業日程度`, `即時`, as M 3.1 and 3.2 say it. */
export function leadText(lead: LeadTime): string {
  const days = 'days' in lead ? lead.days : 0
  return said(`messages.orders.leads.${lead.kind}`, { days }) ?? ''
}
