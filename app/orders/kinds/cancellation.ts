import { Day } from '#calendar/day'
import type { LeadTime } from '#calendar/lead_time'
import { Refusal } from '#exceptions/refusals'
import Option from '#models/option'
import type Order from '#models/order'
import { endOption } from '#orders/effects/options'
import type { FormWish, OrderKind } from '#orders/kind'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

interface Cancelled {
  /** The kind whose options it ends. */
  readonly kind: string
  readonly requirement: string
  readonly group: OrderKind['group']
  /** M 3.2; at once where the table says nothing: 解約申込日を解約日とする. */
  readonly lead?: LeadTime
  /** Somebody has to take something away. */
  readonly steps?: readonly string[]
}

/**
 * ORD-04: the end of an option. But for servers and load balancers the day of the application is the last one, whatever
 * the days that the work takes (M 3.2 ※).
 */
export function cancellationOf({
  kind,
  requirement,
  group,
  lead = { kind: 'at_once' },
  steps,
}: Cancelled): OrderKind {
  return {
    name: `${kind}_cancellation`,
    requirement,
    group,
    subject: 'option',
    door: 'panel',
    cancels: kind,
    lead: () => lead,
    fields: {},
    admit: async (wish) => refuseOther(wish, kind),
    work: steps ? 'staff' : 'machine',
    steps,
    ends: async ({ option }) => (option ? [{ kind, name: nameOf(option) }] : []),
    perform: async (order, client) => {
      await end(order, appliedOn(order), client)
    },
  }
}

/** Of a wish that names the option of another kind, whatever was forged. */
export function refuseOther({ option }: FormWish, ...kinds: readonly string[]) {
  if (!option || !kinds.includes(option.kind)) throw new Refusal('order_option_is_another')
}

export async function end(order: Order, lastDay: Day, client: TransactionClientContract) {
  const option = await Option.findOrFail(order.optionId!, { client })
  await endOption(option, lastDay, order, client)
  return option
}

export function appliedOn({ appliedAt }: Order): Day {
  return Day.at(appliedAt.toJSDate())
}

/** As customers called what it is for. */
export function nameOf({ facts }: Option): string {
  return String(facts.name ?? '')
}
