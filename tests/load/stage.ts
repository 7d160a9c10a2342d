import app from '@adonisjs/core/services/app'
import { type Workspace } from '#tests/load/stage/workspace'
import { FilledServer } from '#tests/load/stage/filled_server'
import { Installation } from '#tests/load/stage/installation'
import { type ManagedServer } from '#tests/load/stage/managed_server'
import type { Further } from '#tests/load/figures'

export interface StageOptions {
  /** `up` also measures a first run, in a copy of its own. */
  readonly fresh: boolean
}

/**
 * What benches run on. Made when the first of them needs it and shared by those that follow: one
 * panel of its own, one managed server with 200 domains.
 */
export class Stage {
  readonly root = app.makePath()
  #installation?: Promise<Installation>
  #server?: Promise<ManagedServer>
  #filled?: Promise<FilledServer>
  #floors = new Map<string, Promise<number>>()

  constructor(
    readonly workspace: Workspace,
    readonly options: StageOptions
  ) {}

  /** Progress, apart from the figures. */
  say(text: string) {
    process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`)
  }

  /** Panel, contract and compute node, without a server yet. */
  installation(): Promise<Installation> {
    this.#installation ??= Installation.start(this)
    return this.#installation
  }

  /** A running server without domains. */
  server(): Promise<ManagedServer> {
    this.#server ??= this.#makeServer()
    return this.#server
  }

  /** The same server with 200 domains of 50 mailboxes each. */
  filled(): Promise<FilledServer> {
    this.#filled ??= this.server().then((server) => FilledServer.fill(server, this))
    return this.#filled
  }

  /** Measured once a run, whichever benches compare themselves with it. */
  floor(name: string, measure: () => Promise<number>): Promise<number> {
    const known = this.#floors.get(name) ?? measure()
    this.#floors.set(name, known)
    return known
  }

  /** Memory of the panel after all that was done to it. */
  async panelFigures(): Promise<Further> {
    const { panel } = await this.installation()
    return { rss_mb: await panel.rssMb() }
  }

  async #makeServer() {
    const installation = await this.installation()
    this.say('building a server')
    const { server } = await installation.order('B')
    return server
  }
}
