import db from '@adonisjs/lucid/services/db'
import type Domain from '#models/domain'

export interface Holdings {
  readonly mailboxes: number
  readonly mailingLists: number
}

/** DOM-05: how much goes with a domain, to be told before it does. */
export async function holdingsOf({ id }: Domain): Promise<Holdings> {
  const [mailboxes, mailingLists] = await Promise.all(
    ['mailboxes', 'mailing_lists'].map((table) => countOf(table, id))
  )
  return { mailboxes, mailingLists }
}

async function countOf(table: string, domainId: number) {
  const [{ total }] = await db.from(table).where('domain_id', domainId).count('* as total')
  return Number(total)
}
