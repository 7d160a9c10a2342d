import db from '@adonisjs/lucid/services/db'

/** Unix id by account: `domain`, `mailbox:sato`; of a shared directory `domain:example.jp`, `mailbox:sato@example.jp`. */
export type Owners = Readonly<Record<string, number>>

/** BKP-02: ids are a server's own, so what is restored elsewhere finds its owners by their names. */
export async function ownersOfDomain(domain: { id: number; uid: number }): Promise<Owners> {
  const mailboxes = await db
    .from('mailboxes')
    .where('domain_id', domain.id)
    .select('local_part', 'uid')
  return {
    domain: domain.uid,
    ...Object.fromEntries(mailboxes.map((row) => [`mailbox:${row.local_part}`, row.uid])),
  }
}

export async function ownersOfServer(serverId: number): Promise<Owners> {
  const domains = await db.from('domains').where('server_id', serverId).select('id', 'name', 'uid')
  const names = new Map(domains.map(({ id, name }) => [id, name]))
  const mailboxes = await db
    .from('mailboxes')
    .whereIn('domain_id', [...names.keys()])
    .select('domain_id', 'local_part', 'uid')
  return Object.fromEntries([
    ...domains.map(({ name, uid }) => [`domain:${name}`, uid]),
    ...mailboxes.map((row) => [`mailbox:${row.local_part}@${names.get(row.domain_id)}`, row.uid]),
  ])
}

/**
 * What rsync's maps say: who had an id then has this one now. Whoever is not there any more leaves his files to `rest`, and
 * nothing becomes root's: a server that was broken into may have said anything.
 */
export function idMap(before: Owners, now: Owners, rest: number): string {
  const pairs = Object.entries(before).flatMap(([account, id]) =>
    account in now ? [`${id}:${now[account]}`] : []
  )
  return [...pairs, `0-4294967294:${rest}`].join(',')
}
