import type { DesiredDomain, DesiredServer } from '#convergence/desired_server'
import type { Resource, Scope } from '#convergence/resource'

/**
 * One daemon (or one concern such as `accounts`) of a managed server. Everything here is pure:
 * services say what should be and how it is checked, activated and probed; the engine does it.
 */
export interface Service {
  readonly name: string
  /** Names of services whose resources must be in place, and activated, before this one's. */
  readonly after: readonly string[]
  /**
   * Its changes can cut the panel off (sshd, firewall): the server puts them back by itself unless a
   * fresh connection confirms that it is still let in.
   */
  readonly guardsAccess?: true

  /** Server-wide resources, rendered from heads only (see DesiredServer). */
  serverResources(server: DesiredServer): readonly Resource[]
  /** Everything that exists because of one domain. */
  domainResources(domain: DesiredDomain, server: DesiredServer): readonly Resource[]

  /**
   * Commands of the daemon's own checker, run on the server while the candidate lies at its real
   * paths in a private mount namespace. Called only when one of the service's resources changes.
   */
  checks(changes: readonly Change[], server: DesiredServer): readonly Command[]
  /** What makes running daemons see the change; equal commands are run once. Empty when it is live already. */
  activations(changes: readonly Change[], server: DesiredServer): readonly Command[]
  /** What must answer after activation, or the apply is put back. Narrow: only what `changes` can have hurt. */
  probes(changes: readonly Change[], server: DesiredServer): readonly Probe[]
}

/** A resource that differs from what is on the server, or is no longer wanted. */
export interface Change {
  readonly action: 'create' | 'update' | 'remove'
  readonly scope: Scope
  readonly key: string
  /** What is wanted; for `remove` what the last manifest says was there (file content is absent then). */
  readonly resource: Resource
}

/** An argument array; no shell ever sees it. Exit status 0 is success. */
export interface Command {
  readonly argv: readonly [string, ...string[]]
  /** Seconds; 30 when absent. Output is capped by the agent. */
  readonly timeout?: number
  /** In which domain's scope a failure is, where the command concerns one alone. */
  readonly scope?: Scope
}

/** Something that must answer on the server, asked from the server itself, retried until `within` seconds are over (10). */
export type Probe =
  | {
      readonly kind: 'http'
      readonly scope?: Scope
      readonly address: string
      readonly port: number
      readonly tls?: boolean
      readonly host: string
      readonly path: string
      /** Any of these status codes is good. */
      readonly expect: readonly number[]
      readonly within?: number
    }
  | {
      readonly kind: 'greeting'
      readonly scope?: Scope
      readonly address: string
      readonly port: number
      readonly tls?: boolean
      /** The first line must start with this, e.g. `220 ` or `* OK`. */
      readonly starts: string
      readonly within?: number
    }
  | {
      readonly kind: 'command'
      readonly scope?: Scope
      readonly argv: readonly [string, ...string[]]
      readonly within?: number
    }
