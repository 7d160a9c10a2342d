import db from '@adonisjs/lucid/services/db'
import type Account from '#models/account'
import { containing, pageOf } from '#models/page'
import type { StoredLine } from '#models/zone/draft'

interface Wanted {
  readonly q: string
  readonly page: number
  readonly sort: string
}

export interface ZoneRow {
  readonly id: number
  readonly name: string
  readonly unicode_name: string
  readonly kind: 'primary' | 'secondary'
  readonly source: 'domain' | 'service'
  readonly domain_id: number | null
  readonly serial: number
  readonly published_serial: number | null
  readonly publish_error: string | null
  readonly updated_at: string | null
}

/** The first one is the usual order. */
export const zoneSorts = ['name', '-name', '-created', 'created'] as const

const columns = { name: 'name', created: 'id' } as const

const shown = [
  'id',
  'name',
  'unicode_name',
  'kind',
  'source',
  'domain_id',
  'serial',
  'published_serial',
  'publish_error',
  'updated_at',
]

export function zoneRowsOf({ contractId }: Account, { q, page, sort }: Wanted) {
  const direction = sort.startsWith('-') ? 'desc' : 'asc'
  const column = columns[sort.replace('-', '') as keyof typeof columns]
  const query = db.from('zones').where('contract_id', contractId).whereNull('deleted_at')
  if (q !== '')
    query.where((named) =>
      named.whereRaw(...like('name', q)).orWhereRaw(...like('unicode_name', q))
    )
  return pageOf<ZoneRow>(query.select(shown).orderBy(column, direction), page)
}

export const recordsPerPage = 50

/** The zone itself first, then its names. */
export function recordRowsOf(zoneId: number, { q, page }: Wanted) {
  const query = db.from('zone_records').where('zone_id', zoneId)
  if (q !== '')
    query.where((found) =>
      found
        .whereRaw(...like('name', q.toLowerCase()))
        .orWhereRaw(...like('content', q))
        .orWhere('type', q.toUpperCase())
    )
  const columnsShown = ['id', 'name', 'type', 'ttl', 'content']
  const ordered = query.select(columnsShown).orderByRaw("case name when '@' then 0 else 1 end")
  return pageOf<StoredLine>(
    ordered.orderBy('name').orderBy('type').orderBy('id'),
    page,
    recordsPerPage
  )
}

function like(column: string, q: string): [string, string[]] {
  return [`${column} like ? escape '!'`, [containing(q)]]
}

export interface ZoneChangeRow {
  readonly id: number
  readonly serial: number
  readonly action: string
  readonly changed_by: string
  readonly removed: string
  readonly added: string
  readonly undoes_id: number | null
  readonly created_at: string
}

/** Newest first. */
export function zoneChangeRowsOf(zoneId: number, page: number) {
  const query = db.from('zone_changes').where('zone_id', zoneId).select('*').orderBy('id', 'desc')
  return pageOf<ZoneChangeRow>(query, page)
}
