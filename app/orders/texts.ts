import db from '@adonisjs/lucid/services/db'
import type Order from '#models/order'
import type { OrderKind, ToldRows } from '#orders/kind'
import { said, word } from '#orders/words'

export interface DetailText {
  readonly term: string
  readonly text: string
}

/** Of many that were chosen; the rest is counted. */
const namesTold = 20

/** What somebody filled in, as the kind says it. */
export function detailsOf(kind: OrderKind, facts: object): Promise<readonly DetailText[]> {
  const told = kind.describe?.(facts) ?? []
  return Promise.all(
    told.map(async (each) => ({
      term: said(`orders.kinds.${kind.name}.fields.${each.key}`) ?? each.key,
      text: 'ids' in each ? await namesOf(each) : each.text,
    }))
  )
}

const namings = {
  servers: () => db.from('servers').select('name'),
  domains: () => db.from('domains').select('unicode_name as name'),
  mailboxes: () => db.from('mailboxes').select('local_part as name'),
}

/** `sato、suzuki`; of what is gone meanwhile, and of the rest of very many, only how many they were. */
async function namesOf({ table, ids }: ToldRows): Promise<string> {
  const rows: { name: string }[] = await namings[table]()
    .whereIn('id', ids.slice(0, namesTold))
    .orderBy('id')
  const names = rows.map(({ name }) => name)
  const total = names.length < ids.length ? [word('total', { count: ids.length })] : []
  return [...names, ...total].join('、')
}

/** What staff has to do, in its order. */
export function stepsOf({ kind, rules }: Order): readonly string[] {
  return (rules.steps ?? []).map((step) => said(`orders.kinds.${kind}.steps.${step}`) ?? step)
}
