import db from '@adonisjs/lucid/services/db'
import { pageOf, type Page } from '#models/page'
import PrivateNetwork from '#models/private_network'
import type { ServerKind, ServerState } from '#models/server'
import { endedStates } from '#models/server/end'

/** One picture of so many servers is still one that somebody can look at. */
const serversPerPicture = 24

/** NET-04: a server as the rows say it is connected. */
export interface DrawnServer {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly plan: string
  readonly kind: ServerKind
  readonly state: ServerState
  /** The first one; null while it is being made. */
  readonly address: string | null
  readonly addedAddresses: readonly string[]
  readonly isGlobal: boolean
  readonly privateAddress: string | null
  readonly firewall: DrawnFirewall
}

export interface DrawnFirewall {
  /** Ports that only some may reach. */
  readonly limited: number
  /** Ports that nobody may reach from outside. */
  readonly closed: number
}

export interface NetworkDiagram {
  readonly servers: Page<DrawnServer>
  /** Of the contract's own network; null when it has none. */
  readonly privateCidr: string | null
}

interface Row {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly plan: string
  readonly kind: ServerKind
  readonly state: ServerState
  readonly address: string | null
  readonly global_connected: boolean | number
  readonly private_address: string | null
}

const shown = [
  ...['id', 'name', 'description', 'plan', 'kind', 'state', 'address'],
  ...['global_connected', 'private_address'],
]

/** As many queries for one server as for all of them. */
export async function networkDiagramOf(contractId: number, page: number): Promise<NetworkDiagram> {
  const query = db
    .from('servers')
    .where('contract_id', contractId)
    .whereNotIn('state', [...endedStates])
    .select(shown)
    .orderBy('id')
  const found = await pageOf<Row>(query, page, serversPerPicture)
  const ids = found.rows.map(({ id }) => id)
  const [addresses, firewalls] = [await addressesOf(ids), await firewallsOf(ids)]
  const network = await PrivateNetwork.findBy('contractId', contractId)
  const rows = found.rows.map((row) => ({
    ...row,
    addedAddresses: (addresses.get(row.id) ?? []).filter((each) => each !== row.address),
    isGlobal: Boolean(Number(row.global_connected)),
    privateAddress: row.private_address,
    firewall: firewalls.get(row.id) ?? { limited: 0, closed: 0 },
  }))
  return { servers: { ...found, rows }, privateCidr: network?.cidr ?? null }
}

async function addressesOf(serverIds: readonly number[]) {
  const rows = await db
    .from('server_addresses')
    .whereIn('server_id', [...serverIds])
    .select('server_id', 'address')
    .orderBy('id')
  const found = new Map<number, string[]>()
  for (const { server_id: id, address } of rows) found.set(id, [...(found.get(id) ?? []), address])
  return found
}

/** NET-03: 127.0.0.1 alone closes a port. */
async function firewallsOf(serverIds: readonly number[]) {
  const rows = await db
    .from('firewall_rules')
    .whereIn('server_id', [...serverIds])
    .select('server_id', 'sources')
  const found = new Map<number, DrawnFirewall>()
  for (const { server_id: id, sources } of rows) {
    const { limited, closed } = found.get(id) ?? { limited: 0, closed: 0 }
    const isClosed = JSON.parse(sources).join() === '127.0.0.1'
    found.set(id, isClosed ? { limited, closed: closed + 1 } : { limited: limited + 1, closed })
  }
  return found
}
