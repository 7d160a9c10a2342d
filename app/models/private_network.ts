import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { PrivateNetworkSchema } from '#database/schema'
import Contract from '#models/contract'

/** NET-02: the one network that the servers of a contract have among themselves. */
export default class PrivateNetwork extends PrivateNetworkSchema {
  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>
}
