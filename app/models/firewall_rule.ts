import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { FirewallRuleSchema } from '#database/schema'
import Server from '#models/server'

/** NET-03: who alone may reach one port of a server from the global network. Without a row everybody may. */
export default class FirewallRule extends FirewallRuleSchema {
  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  get sourceList(): string[] {
    return JSON.parse(this.sources)
  }
}
