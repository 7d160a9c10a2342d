import { hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import { ComputeNodeSchema } from '#database/schema'
import Server from '#models/server'
import ServerAddress from '#models/server_address'

/** Where servers run: an LXD or Incus endpoint, or the set of adopted machines. */
export default class ComputeNode extends ComputeNodeSchema {
  @hasMany(() => Server)
  declare servers: HasMany<typeof Server>

  @hasMany(() => ServerAddress)
  declare addresses: HasMany<typeof ServerAddress>
}
