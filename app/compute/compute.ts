/**
 * What the panel can do with one managed machine as a whole. Two drivers stand behind it: `lxd`
 * (system containers of LXD or Incus) and `adopted` (existing Debian machines over SSH). What
 * happens inside a machine is the business of `app/convergence`.
 *
 * Every call has a time-out of its own and rejects with a `ComputeError`; every call may be
 * repeated: it does nothing where the wanted state is there already.
 */
export interface Compute {
  readonly can: Capabilities

  /**
   * Makes the machine, stopped: image, limits, isolation keys, fixed address, the panel's key for
   * root. A half-made machine of an earlier attempt is completed.
   * Adopted: checks that the machine answers and lets the panel in.
   */
  create(): Promise<void>
  /** Resolves when the machine runs; its daemons may need some seconds more. */
  start(): Promise<void>
  /** Clean shutdown, forced after `timeoutS` seconds (30). */
  stop(timeoutS?: number): Promise<void>
  restart(): Promise<void>
  /** Stops the machine until somebody starts it by hand: it doesn't come back with its node either. Refused for adopted machines. */
  retire(): Promise<void>
  /** Removes the machine and its volumes for good. Refused for adopted machines. */
  delete(): Promise<void>

  state(): Promise<MachineState>
  /** The machine's public ed25519 host key, e.g. `ssh-ed25519 AAAA…`, read past the network where the driver can. */
  hostKey(): Promise<string>

  /** Sets CPU, memory and disk live. Less memory than is in use is refused by the kernel: ComputeError `busy`. */
  setLimits(limits: Limits): Promise<void>
  /**
   * OPT-03: gives it these beside its first address, each on a card of its own, and takes all others away. Live. Answers what had to
   * be changed.
   */
  setAddedAddresses(addresses: readonly string[]): Promise<readonly string[]>
  /** NET-02: what its row says of its contract's own network; made on the node when it is the first there, gone after the last. Live. */
  setPrivateCard(): Promise<void>
  /** Puts back every isolation key, limit and device that isn't as it should be. Answers what had to be put back. */
  assertConfiguration(): Promise<readonly string[]>

  /**
   * Makes, attaches and resizes volumes so that each is mounted at its path with its size. Many in
   * one call cost one change of the machine. Volumes that aren't named stay as they are.
   */
  ensureVolumes(volumes: readonly VolumeWish[]): Promise<VolumeChanges>
  /** Detaches and destroys volumes with all data in them. Unknown names are ignored. */
  removeVolumes(names: readonly string[]): Promise<void>
  /** By volume name. Volumes whose usage can't be read are missing. */
  volumeUsages(): Promise<ReadonlyMap<string, VolumeUsage>>
}

export interface Capabilities {
  /** `setLimits`, `create` from an image, `delete`. */
  readonly limits: boolean
  /** Sizes of volumes are enforced; otherwise they are only measured. */
  readonly enforcedVolumes: boolean
}

export interface Limits {
  readonly cores: number
  readonly memoryMb: number
  /** Of the whole root file system, in MiB. */
  readonly diskMb: number
}

export interface VolumeWish {
  /** Unique on the compute node; `[a-z0-9-]`. The driver adds the node's prefix. */
  readonly name: string
  readonly sizeMb: number
  /** Absolute path inside the machine. */
  readonly path: string
}

/** Names per thing that was done; all empty when everything was there. */
export interface VolumeChanges {
  readonly created: readonly string[]
  readonly attached: readonly string[]
  readonly resized: readonly string[]
}

export interface VolumeUsage {
  readonly usedBytes: number
  readonly sizeBytes: number
  readonly enforced: boolean
}

export type MachineStatus = 'running' | 'stopped' | 'frozen' | 'missing' | 'unreachable'

/** A reading of one moment. Figures are null where the machine is stopped or the driver can't know. */
export interface MachineState {
  readonly status: MachineStatus
  /** CPU time used since start, all cores together; the difference of two readings is the load. */
  readonly cpuMs: number | null
  readonly cores: number | null
  readonly memoryUsedBytes: number | null
  readonly memoryLimitBytes: number | null
  readonly diskUsedBytes: number | null
  readonly diskLimitBytes: number | null
  readonly processes: number | null
  /** Global IPv4 and IPv6 addresses. */
  readonly addresses: readonly string[]
}
