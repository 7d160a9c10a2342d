import db from '@adonisjs/lucid/services/db'
import { containing, pageOf, type Page } from '#models/page'
import type { ServerState } from '#models/server'
import { alertsOf, type ServerAlert } from '#models/server/alerts'
import { endedStates } from '#models/server/end'
import { planOf } from '#models/server/plan'

interface ServerRow {
  readonly id: number
  readonly name: string
  readonly hostname: string
  readonly description: string | null
  readonly plan: string
  readonly state: ServerState
  readonly address: string | null
  readonly extra_disk_gb: number
  readonly machine_status: string | null
  readonly disk_used_mb: number | null
}

export interface ServerLine extends ServerRow {
  readonly diskGb: number
  readonly domains: number
  /** Beside the first one (OPT-03). */
  readonly addedAddresses: number
  readonly alerts: readonly ServerAlert[]
}

const shown = [
  'id',
  'name',
  'hostname',
  'description',
  'plan',
  'state',
  'address',
  'extra_disk_gb',
  'machine_status',
  'disk_used_mb',
]

/** SRV-03: those that a contract has, without those that ended. */
export async function serversOfContract(
  contractId: number,
  { q, page: wanted }: { readonly q: string; readonly page: number }
): Promise<Page<ServerLine>> {
  const query = db
    .from('servers')
    .where('contract_id', contractId)
    .whereNotIn('state', [...endedStates])
    .select(shown)
    .orderBy('id')
  if (q !== '') {
    query.where((any) => {
      for (const column of ['name', 'hostname', 'description', 'address'])
        any.orWhereRaw(`${column} like ? escape '!'`, [containing(q)])
    })
  }
  const page = await pageOf<ServerRow>(query, wanted)
  return { ...page, rows: await withFacts(page.rows) }
}

async function withFacts(rows: readonly ServerRow[]): Promise<ServerLine[]> {
  const ids = rows.map(({ id }) => id)
  const known = rows.map((row) => ({
    ...row,
    diskGb: planOf(row.plan).diskGb + row.extra_disk_gb,
  }))
  const domains = await counted('domains', ids)
  const addresses = await counted('server_addresses', ids)
  const alerts = await alertsOf(known)
  return known.map((row) => ({
    ...row,
    domains: domains.get(row.id) ?? 0,
    addedAddresses: Math.max(0, (addresses.get(row.id) ?? 0) - 1),
    alerts: alerts.get(row.id) ?? [],
  }))
}

async function counted(table: string, serverIds: readonly number[]) {
  const query = db.from(table).whereIn('server_id', [...serverIds])
  if (table === 'domains') query.whereNull('deleted_at')
  const rows = await query.groupBy('server_id').select('server_id').count('* as total')
  return new Map<number, number>(rows.map((row) => [row.server_id, Number(row.total)]))
}
