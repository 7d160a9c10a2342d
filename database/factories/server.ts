import { randomInt } from 'node:crypto'
import type Server from '#models/server'
import ServerAddress from '#models/server_address'

/** OPT-03: one beside its first. */
export async function haveAddedAddress({ id: serverId, computeNodeId }: Server) {
  const address = `198.51.100.${randomInt(1, 255)}`
  await ServerAddress.create({ serverId, computeNodeId, address })
  return address
}
