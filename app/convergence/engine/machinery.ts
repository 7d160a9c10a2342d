import type { AgentClient } from '#convergence/agent/client'
import type { DesiredServer } from '#convergence/desired_server'
import type { Refusal } from '#convergence/engine/blame'
import type { Records } from '#convergence/engine/records'
import type { Service } from '#convergence/service'

/** Storage with limits of its own, as the compute node gives it. */
export interface Volumes {
  ensureVolumes(
    volumes: readonly { readonly name: string; readonly sizeMb: number; readonly path: string }[]
  ): Promise<{
    readonly created: readonly string[]
    readonly attached: readonly string[]
    readonly resized: readonly string[]
  }>
  removeVolumes(names: readonly string[]): Promise<void>
}

/** The way to one server; the connection is kept between applies. */
export interface ServerAccess {
  /** The kept agent, connected anew when that one is gone. */
  agent(): Promise<AgentClient>
  /** Whether a new connection from outside is still let in; rejects when not. */
  knock(): Promise<void>
}

/** What one apply works with; everything that is outside of `convergence` comes in here. */
export interface Machinery {
  readonly services: readonly Service[]
  readonly access: ServerAccess
  readonly volumes: Volumes
  readonly records: Records
  load(domainIds: readonly number[] | 'all'): Promise<DesiredServer>
  /** The server had to put an apply back that was cut off, perhaps by a power cut: it is to be looked at as a whole. */
  askForFullApply(reason: string): Promise<void>
  /** What the customer of a refused domain is told, in his language. */
  say(refusal: Refusal): string
}
