import { createSocket } from 'node:dgram'
import db from '@adonisjs/lucid/services/db'
import { panelAddresses, privateNetworks } from '#config/networks'
import type { DesiredNetwork } from '#convergence/desired_server'
import { toAddressRange, type AddressRange } from '#convergence/syntax/names'

interface ServerRow {
  readonly id: number
  readonly address: string | null
  readonly global_connected: number | boolean
  readonly private_address: string | null
}

/** NET-01 to NET-03. */
export async function loadNetwork(server: ServerRow): Promise<DesiredNetwork> {
  return {
    globalConnected: Boolean(Number(server.global_connected)),
    panelAddresses: await loadPanelAddresses(server.address),
    restricted: await loadRestricted(server.id),
    privateCard: server.private_address
      ? { address: server.private_address, prefixLength: privateNetworks.prefixLength }
      : null,
  }
}

async function loadRestricted(serverId: number) {
  const rows = await db
    .from('firewall_rules')
    .where('server_id', serverId)
    .orderBy('port')
    .select('port', 'sources')
  return Object.fromEntries(
    rows.map(({ port, sources }): [string, AddressRange[]] => [
      port,
      (JSON.parse(sources) as string[]).map(toAddressRange),
    ])
  )
}

/** As set up, or else the address that this machine's own packets to the server carry; nothing is sent to find out. */
async function loadPanelAddresses(server: string | null): Promise<AddressRange[]> {
  if (panelAddresses.length > 0) return panelAddresses.map(toAddressRange)
  const own = server && (await addressToward(server))
  return own ? [toAddressRange(own)] : []
}

function addressToward(server: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const end = (address: string | null) => {
      socket.close()
      resolve(address)
    }
    socket.on('error', () => end(null))
    socket.connect(9, server, () => end(socket.address().address))
  })
}
