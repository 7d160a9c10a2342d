import { Refusal } from '#exceptions/refusals'
import { offerOf, type Offer } from '#orders/offer'
import type { FormWish, OrderKind, Wish } from '#orders/kind'
import { isBeingCancelled, refuseGone } from '#orders/placing'
import { wishOf, type WishRequest } from '#orders/wish'

export type OrderFormPage = Pick<Wish, 'contract' | 'server' | 'domain' | 'zone' | 'option'> & {
  readonly kind: OrderKind
  /** Of the kind's modes, the one whose form it is. */
  readonly mode: string | null
  readonly choices: Record<string, unknown>
  readonly offer: Offer
  readonly isHeld: boolean
  /** What whatever is filled in would be refused for. */
  readonly hindrance: Refusal | null
}

/** What the form of an order shows before anything is filled in. */
export async function formOf(
  kind: OrderKind,
  request: WishRequest,
  query: Record<string, unknown>,
  role: Wish['role'] = 'contractor'
): Promise<OrderFormPage> {
  const mode = modeOf(kind, query)
  const details = mode === null ? {} : { [kind.modes!.field]: mode }
  const wish = await wishOf(kind, { ...request, details }, role)
  const { contract, server, domain, zone, option } = wish
  const hindrance = await hindranceOf(kind, wish)
  return {
    ...{ kind, mode, contract, server, domain, zone, option },
    choices: (await kind.choices?.(wish)) ?? {},
    offer: offerOf(kind, wish),
    hindrance,
    isHeld: server !== null && kind.cancels !== 'server' && (await isBeingCancelled(server.id)),
  }
}

async function hindranceOf(kind: OrderKind, wish: FormWish): Promise<Refusal | null> {
  try {
    await refuseGone(kind, wish)
    await kind.admit?.(wish)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

function modeOf({ modes }: OrderKind, query: Record<string, unknown>): string | null {
  if (!modes) return null
  const asked = String(query[modes.field] ?? '')
  return modes.values.includes(asked) ? asked : modes.values[0]
}
