import { belongsTo, hasMany } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany } from '@adonisjs/lucid/types/relations'
import { RunSchema } from '#database/schema'
import RunStep from '#models/run_step'
import Server from '#models/server'

export type RunState = 'running' | 'done' | 'unchanged' | 'partial' | 'rolled_back' | 'failed'

/** One apply of a server, as staff read it afterwards. */
export default class Run extends RunSchema {
  declare state: RunState

  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  @hasMany(() => RunStep)
  declare steps: HasMany<typeof RunStep>
}
