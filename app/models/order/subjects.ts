import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import { nameOf } from '#models/option/listing'
import { containing, pageOf, type Page } from '#models/page'
import type { OrderKind } from '#orders/kind'
import { dayText, kindName } from '#orders/words'

interface Wanted {
  readonly q: string
  readonly page: number
}

/** Something of a contract that an order can be about. */
export interface SubjectRow {
  readonly id: number
  readonly name: string
  /** Its server, or what kind of option it is. */
  readonly note: string | null
}

/** What the contract has that this kind is for; it is chosen first. */
export async function subjectsOf(
  kind: OrderKind,
  contractId: number,
  { q, page }: Wanted
): Promise<Page<SubjectRow>> {
  if (kind.subject === 'server') return pageOf(found(servers(contractId, kind), 'name', q), page)
  if (kind.subject === 'domain') return pageOf(found(domains(contractId), 'unicode_name', q), page)
  if (kind.subject === 'zone') return pageOf(found(zones(contractId), 'unicode_name', q), page)
  const options = await pageOf<OptionFound>(optionsOf(contractId, kind), page)
  const rows = options.rows.map((row) => {
    const name = nameOf(row) ?? dayText(row.started_on)
    return { id: row.id, name, note: kindName(row.kind) }
  })
  return { ...options, rows }
}

interface OptionFound {
  readonly id: number
  readonly kind: string
  readonly name: string | null
  readonly details: string
  readonly started_on: string
}

/** What has ended is not ordered for. */
const servers = (contractId: number, { isVirtualOnly }: OrderKind) =>
  db
    .from('servers')
    .where('contract_id', contractId)
    .whereNotIn('state', ['ended', 'removed'])
    .where(isVirtualOnly ? { kind: 'virtual' } : {})
    .select('id', 'name', 'description as note')
    .orderBy('id')

const domains = (contractId: number) =>
  db
    .from('domains')
    .where('domains.contract_id', contractId)
    .whereNull('domains.deleted_at')
    .whereNotIn('domains.id', db.from('domain_deletions').select('domain_id'))
    .join('servers', 'servers.id', 'domains.server_id')
    .select('domains.id', 'domains.unicode_name as name', 'servers.name as note')
    .orderBy('domains.name')

const zones = (contractId: number) =>
  db
    .from('zones')
    .where({ contract_id: contractId, source: 'service' })
    .whereNull('deleted_at')
    .select('id', 'unicode_name as name')
    .orderBy('name')

const optionsOf = (contractId: number, { cancels, changes }: OrderKind) =>
  db
    .from('options')
    .leftJoin('domains', 'domains.id', 'options.domain_id')
    .leftJoin('servers', 'servers.id', 'options.server_id')
    .where({ 'options.contract_id': contractId, 'options.kind': cancels ?? changes ?? '' })
    .whereNull('options.ended_on')
    .select('options.id', 'options.kind', 'options.details', 'options.started_on')
    .select(db.raw('coalesce(domains.unicode_name, servers.name) as name'))
    .orderBy('options.id')

function found(query: DatabaseQueryBuilderContract, column: string, q: string) {
  if (q === '') return query
  return query.whereRaw(`${column === 'name' ? 'servers.name' : column} like ? escape '!'`, [
    containing(q),
  ])
}
