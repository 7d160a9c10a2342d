import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import type Account from '#models/account'
import { stateOfDomain, type DomainState } from '#models/domain/state'
import { endsOf } from '#models/domain_deletion/listing'
import { containing, pageOf, type Page } from '#models/page'

export interface DomainRow {
  readonly id: number
  readonly server_id: number
  readonly name_place: number
  readonly name: string
  readonly unicode_name: string
  readonly quota_mb: number
  readonly suspended_at: string | null
  readonly deleted_at: string | null
  readonly applied_at: string | null
  readonly apply_error: string | null
  readonly created_at: string
}

export interface DomainLine extends DomainRow {
  readonly state: DomainState
  /** Users, the domain admin's mailbox with them. */
  readonly mailboxes: number
  /** Of the deletion that can still be taken back. */
  readonly deletion: { readonly id: number } | null
  /** Of its server, where the name is on several. */
  readonly server_name: string | null
}

/** The first one is the usual order. */
export const domainSorts = ['name', '-name', '-created', 'created', '-quota', 'quota'] as const

const columns = { name: 'name', created: 'id', quota: 'quota_mb' } as const

const shown = [
  'id',
  'server_id',
  'name_place',
  'name',
  'unicode_name',
  'quota_mb',
  'suspended_at',
  'deleted_at',
  'applied_at',
  'apply_error',
  'created_at',
]

interface Wanted {
  readonly q: string
  readonly page: number
  readonly sort: string
}

export function domainsOfServer(serverId: number, wanted: Wanted) {
  return listed(db.from('domains').where('server_id', serverId), wanted)
}

export function domainsOfContract(account: Account, wanted: Wanted) {
  return listed(db.from('domains').where('contract_id', account.contractId), wanted)
}

async function listed(
  query: DatabaseQueryBuilderContract<any>,
  { q, page, sort }: Wanted
): Promise<Page<DomainLine>> {
  if (q !== '') {
    const text = containing(q.toLowerCase())
    query.whereRaw("(name like ? escape '!' or unicode_name like ? escape '!')", [text, text])
  }
  const column = columns[sort.replace('-', '') as keyof typeof columns]
  const direction = sort.startsWith('-') ? 'desc' : 'asc'
  query.select(shown).orderBy(column, direction)
  if (column === 'quota_mb') query.orderBy('id', direction)
  return withFacts(await pageOf<DomainRow>(query, page))
}

/** Four queries for the rows that are shown, however many domains there are. */
async function withFacts(page: Page<DomainRow>): Promise<Page<DomainLine>> {
  const ids = page.rows.map(({ id }) => id)
  const counts = await db
    .from('mailboxes')
    .select('domain_id')
    .count('* as total')
    .whereIn('domain_id', ids)
    .groupBy('domain_id')
  const ends = await endsOf(ids)
  const serverNames = await serverNamesOfShared(page.rows)
  const byDomain = new Map(counts.map((each) => [each.domain_id, Number(each.total)]))
  const rows = page.rows.map((row) => ({
    ...row,
    state: stateOfDomain({
      deletedAt: row.deleted_at,
      endsAt: ends.get(row.id)?.ends_at,
      applyError: row.apply_error,
      suspendedAt: row.suspended_at,
      appliedAt: row.applied_at,
    }),
    mailboxes: byDomain.get(row.id) ?? 0,
    deletion: ends.get(row.id) ?? null,
    server_name: serverNames.get(row.id) ?? null,
  }))
  return { ...page, rows }
}

/** By domain, of those whose name is on other servers as well: their lines would look alike. */
async function serverNamesOfShared(rows: readonly DomainRow[]) {
  const names = rows.map(({ name }) => name)
  const found = await db
    .from('domains')
    .join('servers', 'servers.id', 'domains.server_id')
    .whereIn('domains.name', names)
    .select('domains.id', 'domains.name', 'servers.name as server_name')
  const shared = Map.groupBy(found, ({ name }) => name as string)
  return new Map<number, string>(
    found
      .filter(({ name }) => shared.get(name)!.length > 1)
      .map((each) => [each.id, each.server_name])
  )
}
