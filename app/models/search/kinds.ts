import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import { containing } from '#models/page'
import { beginning, type Term } from '#models/search/term'

/** Something that was found, and where staff see it. */
export interface Found {
  readonly title: string
  /** What tells it from others of its name. */
  readonly note: string
  readonly url: string
}

type Query = DatabaseQueryBuilderContract<any>
type Find = (term: Term, most: number) => Promise<Found[]>

/** In the order in which they are shown. */
export const searchKinds = {
  contract: contracts,
  server: servers,
  address: addresses,
  domain: domains,
  mailbox: mailboxes,
  mailing_list: mailingLists,
  zone: zones,
  order: orders,
} satisfies Record<string, Find>

export type SearchKind = keyof typeof searchKinds

/** What is a name of something else, or a number, is no part of a customer's name. */
const otherName = /[@.#:]|^\d+$|^[a-z]{1,4}\d{3,}$/

/** Names begin with 株式会社 or don't, so a part is enough; there are few enough of them to be looked through. */
async function contracts({ text }: Term, most: number): Promise<Found[]> {
  const query = () => db.from('contracts').select('id', 'code', 'name').limit(most)
  const ways = [beginning(query().orderBy('code'), 'code', text)]
  if (!otherName.test(text)) {
    ways.push(
      query()
        .whereRaw("name like ? escape '!'", [containing(text)])
        .orderBy('id')
    )
  }
  const rows = await together(ways, most)
  return rows.map(({ id, code, name }) => ({
    title: code,
    note: name,
    url: `/staff/contracts/${id}`,
  }))
}

const serverColumns = ['servers.id', 'servers.name', 'servers.state', 'contracts.code as code']

async function servers({ text }: Term, most: number): Promise<Found[]> {
  const query = db
    .from('servers')
    .join('contracts', 'contracts.id', 'servers.contract_id')
    .select(serverColumns)
    .whereNot('servers.state', 'removed')
    .orderBy('servers.name')
    .limit(most)
  // Host names are names with something behind
  const [name] = text.split('.')
  if (name === '') return []
  const rows = await beginning(query, 'servers.name', name)
  return rows.map((row: any) => serverFound(row, row.code))
}

const serverFound = ({ id, name }: { id: number; name: string }, note: string): Found => ({
  title: name,
  note,
  url: `/staff/servers/${id}`,
})

/** Those of the pools, and those of machines that were there before the panel. */
async function addresses({ text }: Term, most: number): Promise<Found[]> {
  if (!/^[\da-f.:]{3,}$/.test(text)) return []
  const given = db
    .from('server_addresses')
    .join('servers', 'servers.id', 'server_addresses.server_id')
    .select('servers.id', 'servers.name', 'server_addresses.address')
    .orderBy('server_addresses.address')
    .limit(most)
  const own = db
    .from('servers')
    .select('id', 'name', 'address')
    .orderBy('address')
    .limit(most)
    .whereNot('state', 'removed')
  const rows = [
    ...(await beginning(given, 'server_addresses.address', text)),
    ...(await beginning(own, 'servers.address', text)),
  ]
  const found = new Map(rows.map((row) => [row.address, { ...serverFound(row, row.name) }]))
  return [...found].map(([address, each]) => ({ ...each, title: address })).slice(0, most)
}

/** By either form, and those below a whole name. */
async function domains({ text, ascii, reversed }: Term, most: number): Promise<Found[]> {
  const query = () =>
    db
      .from('domains')
      .join('servers', 'servers.id', 'domains.server_id')
      .join('contracts', 'contracts.id', 'domains.contract_id')
      .whereNull('domains.deleted_at')
      .select('domains.id', 'domains.unicode_name as title', 'domains.server_id')
      .select('servers.name as server', 'contracts.code as code')
      .limit(most)
  const ways = [
    beginning(query().orderBy('domains.name'), 'domains.name', ascii),
    ...(text === ascii ? [] : [beginning(query(), 'domains.unicode_name', text)]),
    ...(reversed ? [beginning(query(), 'domains.reversed_name', reversed)] : []),
  ]
  const rows = await together(ways, most)
  return rows.map((row) => ({
    title: row.title,
    note: `${row.server}（${row.code}）`,
    url: `/staff/servers/${row.server_id}`,
  }))
}

/** By what their users sign in with. */
async function mailboxes({ text, ascii }: Term, most: number): Promise<Found[]> {
  const query = (login: string) =>
    beginning(
      db
        .from('accounts')
        .join('domains', 'domains.id', 'accounts.domain_id')
        .join('contracts', 'contracts.id', 'accounts.contract_id')
        .whereNull('domains.deleted_at')
        .select('accounts.id', 'accounts.login as title')
        .select('domains.server_id', 'contracts.code as code')
        .orderBy('accounts.login')
        .limit(most),
      'accounts.login',
      login
    )
  const rows = await together(text === ascii ? [query(text)] : [query(ascii), query(text)], most)
  return rows.map(({ title, code, server_id: id }) => ({
    title,
    note: code,
    url: `/staff/servers/${id}`,
  }))
}

async function mailingLists({ ascii }: Term, most: number): Promise<Found[]> {
  const [local, name] = ascii.split('@')
  if (local === '') return []
  const query = db
    .from('mailing_lists')
    .join('domains', 'domains.id', 'mailing_lists.domain_id')
    .join('contracts', 'contracts.id', 'domains.contract_id')
    .whereNull('domains.deleted_at')
    .select('mailing_lists.local_part as local', 'domains.unicode_name as name')
    .select('domains.server_id', 'contracts.code as code')
    .orderBy('mailing_lists.local_part')
    .limit(most)
  if (name === undefined) beginning(query, 'mailing_lists.local_part', local)
  else beginning(query.where('mailing_lists.local_part', local), 'domains.name', name)
  const rows = await query
  return rows.map((row) => ({
    title: `${row.local}@${row.name}`,
    note: row.code,
    url: `/staff/servers/${row.server_id}`,
  }))
}

async function zones({ text, ascii }: Term, most: number): Promise<Found[]> {
  const query = () =>
    db
      .from('zones')
      .join('contracts', 'contracts.id', 'zones.contract_id')
      .select('zones.id', 'zones.unicode_name as title', 'contracts.code as code')
      .select('zones.contract_id')
      .limit(most)
  const ways = [beginning(query(), 'zones.name', ascii)]
  if (text !== ascii) ways.push(beginning(query(), 'zones.unicode_name', text))
  const rows = await together(ways, most)
  return rows.map(({ title, code, contract_id: id }) => ({
    title,
    note: code,
    url: `/staff/contracts/${id}`,
  }))
}

async function orders({ number }: Term): Promise<Found[]> {
  if (number === null) return []
  const row = await db
    .from('orders')
    .join('contracts', 'contracts.id', 'orders.contract_id')
    .where('orders.id', number)
    .select('orders.id', 'orders.subject', 'contracts.code as code')
    .first()
  if (!row) return []
  const note = `${row.subject}（${row.code}）`
  return [{ title: `#${row.id}`, note, url: `/staff/orders/${row.id}` }]
}

/** Each row once, in the order in which the ways find them. */
async function together(ways: readonly Query[], most: number) {
  const found = new Map<number, any>()
  for (const way of ways)
    for (const row of await way) if (!found.has(row.id)) found.set(row.id, row)
  return [...found.values()].slice(0, most)
}
