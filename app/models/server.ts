import { belongsTo, hasMany } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany } from '@adonisjs/lucid/types/relations'
import { ServerSchema } from '#database/schema'
import ComputeNode from '#models/compute_node'
import Contract from '#models/contract'
import Domain from '#models/domain'
import Run from '#models/run'
import { planOf, type Plan } from '#models/server/plan'

export type ServerState = 'building' | 'running' | 'stopped' | 'failed'
export type ServerKind = 'virtual' | 'physical'

/** One managed machine: a system container (virtual-dedicated) or an adopted machine (physical-dedicated). */
export default class Server extends ServerSchema {
  declare state: ServerState
  declare kind: ServerKind

  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  @belongsTo(() => ComputeNode)
  declare computeNode: BelongsTo<typeof ComputeNode>

  @hasMany(() => Domain)
  declare domains: HasMany<typeof Domain>

  @hasMany(() => Run)
  declare runs: HasMany<typeof Run>

  get resources(): Plan {
    return planOf(this.plan)
  }

  /** GB that the customer can use: the plan's base and what was added (SRV-04). */
  get diskGb() {
    return this.resources.diskGb + this.extraDiskGb
  }

  /** Newest first. */
  get availablePhpVersions() {
    return this.phpVersions.split(',')
  }
}
