import { ComputeError } from '#compute/errors'
import type { Machine } from '#compute/machine'
import { record, type LxdClient } from '#compute/lxd/client'
import { wantedConfig, wantedDevices, type Config, type Devices } from '#compute/lxd/wanted'

export interface InstanceFacts {
  readonly config: Config
  /** Its own devices, without those of profiles. */
  readonly devices: Devices
  readonly etag: string | null
}

/** One instance behind the API. Its name was checked against the node's prefix by who made this. */
export class Instance {
  readonly name: string
  readonly #client: LxdClient
  readonly #path: string

  constructor(client: LxdClient, name: string) {
    this.name = name
    this.#client = client
    this.#path = `/1.0/instances/${name}`
  }

  async read(): Promise<InstanceFacts | null> {
    const answer = await this.#client.find(this.#path)
    if (!answer) return null
    const { config, devices } = record(answer.metadata)
    return {
      config: record(config) as Config,
      devices: record(devices) as Devices,
      etag: answer.etag,
    }
  }

  async require(): Promise<InstanceFacts> {
    const facts = await this.read()
    if (!facts) throw new ComputeError('missing', `there is no instance ${this.name}`)
    return facts
  }

  /** Without profiles: somebody else's default profile must not add devices to our machines. */
  create(machine: Machine) {
    const body = {
      name: this.name,
      type: 'container',
      profiles: [],
      source: { type: 'image', alias: machine.node.image },
      config: wantedConfig(machine),
      devices: wantedDevices(machine),
    }
    return this.#client.change('POST', '/1.0/instances', { body, timeoutS: 180 })
  }

  destroy() {
    return this.#client.change('DELETE', this.#path, { timeoutS: 120 })
  }

  change(action: 'start' | 'stop', timeoutS: number, force = false) {
    const body = { action, timeout: timeoutS, force }
    return this.#client.change('PUT', `${this.#path}/state`, { body, timeoutS: timeoutS + 10 })
  }

  /** Adds and overwrites keys and whole devices; what isn't named stays. */
  patch(changes: { config?: Config; devices?: Devices }, timeoutS = 60) {
    return this.#client.change('PATCH', this.#path, { body: changes, timeoutS })
  }

  /** The only way to take something away is to write the whole again, guarded by its ETag. */
  async detach(deviceNames: readonly string[], keys: readonly string[]) {
    const answer = await this.#client.get(this.#path)
    const { architecture, config, devices, ephemeral, profiles, description } = record(
      answer.metadata
    )
    const body = {
      ...{ architecture, ephemeral, profiles, description },
      config: without(record(config), keys),
      devices: without(record(devices), deviceNames),
    }
    const headers: Record<string, string> = answer.etag ? { 'If-Match': answer.etag } : {}
    await this.#client.change('PUT', this.#path, {
      body,
      headers,
      timeoutS: 60 + deviceNames.length,
    })
  }
}

function without(all: Record<string, unknown>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)))
}
