import type {
  Capabilities,
  Compute,
  Limits,
  MachineState,
  VolumeChanges,
  VolumeUsage,
  VolumeWish,
} from '#compute/compute'
import { ComputeError } from '#compute/errors'
import type { Machine } from '#compute/machine'
import { AdoptedShell } from '#compute/adopted/shell'
import { readState, readUsages, readVolumeChanges } from '#compute/adopted/answers'

/** A Debian machine that exists already: it is reached over SSH, and neither made nor destroyed by us. */
export class AdoptedCompute implements Compute {
  readonly can: Capabilities = { limits: false, enforcedVolumes: false }
  readonly #machine: Machine
  readonly #shell: AdoptedShell

  constructor(machine: Machine) {
    this.#machine = machine
    this.#shell = new AdoptedShell(machine)
  }

  async create(): Promise<void> {
    const { status } = await this.state()
    if (status !== 'running')
      throw new ComputeError('unreachable', `${this.#machine.hostname} does not let the panel in`)
  }

  /** There is nobody to ask but the machine itself. */
  async start(): Promise<void> {
    await this.create()
  }

  async stop(): Promise<void> {
    throw new ComputeError(
      'unsupported',
      'an adopted machine that was stopped could not be started from here'
    )
  }

  async retire(): Promise<void> {
    throw new ComputeError('unsupported', 'an adopted machine is switched off by hand')
  }

  async restart(): Promise<void> {
    await this.#shell.ask({ verb: 'restart' })
  }

  async delete(): Promise<void> {
    throw new ComputeError('unsupported', 'an adopted machine is not ours to delete')
  }

  async state(): Promise<MachineState> {
    return readState(await this.#shell.ask({ verb: 'state' }).catch(unreachable))
  }

  hostKey(): Promise<string> {
    return this.#shell.hostKey()
  }

  async setLimits(limits: Limits): Promise<void> {
    throw new ComputeError(
      'unsupported',
      `${limits.cores} cores can't be given to an adopted machine`
    )
  }

  async setAddedAddresses(): Promise<readonly string[]> {
    throw new ComputeError('unsupported', 'an adopted machine gets its addresses by hand')
  }

  async setPrivateCard(): Promise<void> {
    throw new ComputeError('unsupported', 'an adopted machine gets its networks by hand')
  }

  async assertConfiguration(): Promise<readonly string[]> {
    return []
  }

  async ensureVolumes(volumes: readonly VolumeWish[]): Promise<VolumeChanges> {
    return readVolumeChanges(await this.#shell.ask({ verb: 'ensure', volumes }))
  }

  async removeVolumes(names: readonly string[]): Promise<void> {
    await this.#shell.ask({ verb: 'remove', names })
  }

  async volumeUsages(): Promise<ReadonlyMap<string, VolumeUsage>> {
    return readUsages(await this.#shell.ask({ verb: 'usages' }))
  }
}

function unreachable(error: unknown): null {
  if (error instanceof ComputeError && ['timeout', 'unreachable'].includes(error.fault)) return null
  throw error
}
