import db from '@adonisjs/lucid/services/db'
import type Account from '#models/account'
import { containing, pageOf } from '#models/page'
import { kinds } from '#orders/index'
import { openStates, type OrderState } from '#orders/state'
import { kindName } from '#orders/words'

interface Wanted {
  readonly q: string
  readonly page: number
  readonly sort: string
}

export interface OrderRow {
  readonly id: number
  readonly kind: string
  readonly state: OrderState
  readonly subject: string
  readonly due_on: string | null
  readonly work_window: string | null
  readonly due_chosen: boolean | number
  readonly applied_at: string
  readonly finished_at: string | null
}

const shown = [
  'id',
  'kind',
  'state',
  'subject',
  'due_on',
  'work_window',
  'due_chosen',
  'applied_at',
  'finished_at',
]

/** The first one is the usual order. */
export const orderSorts = ['-applied', 'applied'] as const

/** ORD-06: of the contract, the newest first; searched by number, name of the kind, and what it is about. */
export function orderRowsOf({ contractId }: Account, { q, page, sort }: Wanted, isOpen: boolean) {
  const query = db.from('orders').where('contract_id', contractId)
  if (isOpen) query.whereIn('state', [...openStates])
  if (q !== '')
    query.where((found) => {
      found.whereRaw("subject like ? escape '!'", [containing(q)])
      if (/^#?\d{1,9}$/.test(q)) found.orWhere('id', Number(q.replace('#', '')))
      const named = kindsNamed(q)
      if (named.length > 0) found.orWhereIn('kind', named)
    })
  const direction = sort.startsWith('-') ? 'desc' : 'asc'
  return pageOf<OrderRow>(query.select(shown).orderBy('id', direction), page)
}

function kindsNamed(q: string): string[] {
  const text = q.normalize('NFKC').toLowerCase()
  const isNamed = (name: string) => kindName(name).normalize('NFKC').toLowerCase().includes(text)
  return kinds.map(({ name }) => name).filter(isNamed)
}
