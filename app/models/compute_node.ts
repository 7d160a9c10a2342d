import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import { hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import { ComputeNodeSchema } from '#database/schema'
import type { StaffAuthor } from '#models/actor'
import { addressRange } from '#models/compute_node/address_range'
import Server from '#models/server'
import ServerAddress from '#models/server_address'
import StaffLog from '#models/staff_log'
import Task from '#models/task'

/** What set-up found on this machine (`storage/compute.json`), where it found LXD or Incus. */
export interface LocalNode {
  readonly driver: 'lxd' | 'incus'
  /** Path of the daemon's unix socket. */
  readonly socket: string
  readonly project: string
  readonly pool: string
  /** Of backups; absent where the disk is too small for one. */
  readonly backupPool?: string
  readonly bridge: string
  readonly cidr: string
  readonly gateway: string
  readonly image: string
  readonly prefix: string
  readonly firstAddress: string
  readonly lastAddress: string
}

/** What `#compute/lxd/reading` answers; mebibytes. */
export interface NodeReading {
  readonly cores: number
  readonly memoryMb: number
  readonly freeMemoryMb: number
  readonly diskMb: number
  readonly freeDiskMb: number
  readonly daemon: string
  readonly imageVersion: string | null
}

/** Where servers run: an LXD or Incus endpoint, or the set of adopted machines. */
export default class ComputeNode extends ComputeNodeSchema {
  @hasMany(() => Server)
  declare servers: HasMany<typeof Server>

  @hasMany(() => ServerAddress)
  declare addresses: HasMany<typeof ServerAddress>

  async noteReading(reading: NodeReading) {
    const row: ComputeNode = this
    await row.merge({ ...reading, readAt: DateTime.utc(), readProblem: null }).save()
  }

  /** The figures of the last reading stay: servers go on. */
  async noteUnread(problem: string) {
    const row: ComputeNode = this
    await row.merge({ readProblem: problem }).save()
  }

  /** SRV-01: whether it is given new servers, and how much of its memory they are promised. */
  amend(wish: { acceptsServers: boolean; memoryPercent: number }, by: StaffAuthor) {
    return db.transaction(async (client) => {
      const row: ComputeNode = this
      await row.useTransaction(client).merge(wish).save()
      const act = { action: 'compute_node.update', target: this.name, details: wish }
      await StaffLog.write({ ...by, ...act }, client)
    })
  }

  /** What it has left is asked anew, in the background. */
  requestReading() {
    const payload = { nodeId: this.id }
    return Task.enqueue({ kind: 'read_compute_nodes', payload, maxAttempts: 1 })
  }

  /** The LXD or Incus of this machine, with the addresses that its servers may have. Repeatable. */
  static register(name: string, local: LocalNode): Promise<ComputeNode> {
    return db.transaction(async (client) => {
      const { project, pool, bridge, cidr, gateway, image, prefix } = local
      const backupPool = local.backupPool ?? null
      const facts = { project, pool, backupPool, bridge, cidr, gateway, image, prefix }
      const node = await this.updateOrCreate(
        { name },
        { driver: local.driver, endpoint: local.socket, ...facts },
        { client }
      )
      const known = await client.from('server_addresses').select('address')
      const fresh = addressRange(local.firstAddress, local.lastAddress).filter(
        (address) => !known.some((row) => row.address === address)
      )
      const rows = fresh.map((address) => ({ compute_node_id: node.id, address }))
      if (rows.length > 0) await client.insertQuery().table('server_addresses').multiInsert(rows)
      return node
    })
  }
}
