import type { Compute } from '#compute/compute'
import type { Machine, Node } from '#compute/machine'
import { AdoptedCompute } from '#compute/adopted/index'
import { LxdCompute } from '#compute/lxd/index'
import type ComputeNode from '#models/compute_node'
import PrivateNetwork from '#models/private_network'
import type Server from '#models/server'

/** The machine behind a server row; loads the row of its compute node when that isn't there yet. */
export async function computeFor(server: Server): Promise<Compute> {
  return computeOf(await machineOf(server))
}

export function computeOf(machine: Machine): Compute {
  return machine.node.driver === 'adopted' ? new AdoptedCompute(machine) : new LxdCompute(machine)
}

export async function machineOf(server: Server): Promise<Machine> {
  if (!server.$preloaded.computeNode) await server.load('computeNode')
  const { cores, memoryGb } = server.resources
  return {
    instance: server.instance,
    hostname: server.hostname,
    address: server.address,
    sshPort: server.sshPort,
    hostKey: server.hostKey,
    privateCard: await privateCardOf(server),
    limits: { cores, memoryMb: memoryGb * 1024, diskMb: server.diskGb * 1024 },
    isSwitchedOff: server.state === 'stopped' || server.state === 'ended',
    node: nodeFacts(server.computeNode),
  }
}

async function privateCardOf({ contractId, privateAddress: address }: Server) {
  if (!address) return null
  const { bridge } = await PrivateNetwork.findByOrFail('contractId', contractId)
  return { address, bridge }
}

export function nodeFacts(row: ComputeNode): Node {
  return {
    driver: driverOf(row),
    endpoint: row.endpoint ?? '',
    project: row.project ?? 'default',
    pool: row.pool ?? '',
    backupPool: row.backupPool,
    bridge: row.bridge ?? '',
    cidr: row.cidr ?? '',
    gateway: row.gateway ?? '',
    image: row.image ?? '',
    prefix: row.prefix,
    clientCertificate: row.clientCertificate,
    clientKey: row.clientKey,
    serverCertificate: row.serverCertificate,
  }
}

function driverOf({ driver }: ComputeNode): Node['driver'] {
  return driver === 'adopted' || driver === 'incus' ? driver : 'lxd'
}
