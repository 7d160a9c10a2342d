import ComputeNode from '#models/compute_node'
import Contract from '#models/contract'
import Server from '#models/server'

/** Servers that wait to be built, on a node where nobody answers and that has so many addresses. */
export async function orderServers(count: number, addresses: number): Promise<Server[]> {
  const contract = await Contract.create({ code: 'pool', name: '株式会社試験' })
  const node = await ComputeNode.register('pool', {
    ...{
      driver: 'lxd' as const,
      socket: '/nowhere',
      project: 'default',
      pool: 'p',
      bridge: 'b',
      cidr: '192.0.2.0/24',
    },
    ...{ gateway: '192.0.2.1', image: 'i', prefix: 'tsukasa-' },
    firstAddress: '192.0.2.10',
    lastAddress: `192.0.2.${9 + addresses}`,
  })
  const servers: Server[] = []
  for (let n = 0; n < count; n++) servers.push(await Server.order({ contract, node, plan: 'A' }))
  return servers
}
