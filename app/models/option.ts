import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { OptionSchema } from '#database/schema'
import Contract from '#models/contract'
import Domain from '#models/domain'
import { nameOf } from '#models/option/listing'
import Server from '#models/server'

/** What a contract has on top, from the order that began it to the one that ended it. */
export default class Option extends OptionSchema {
  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  get facts(): Record<string, unknown> {
    return JSON.parse(this.details)
  }

  /** As its order called what it is for: the domains of a load balancer, a name that was registered. */
  get name(): string | null {
    return nameOf({ name: null, details: this.details })
  }

  get isEnded() {
    return this.endedOn !== null
  }
}
