import type { Limits } from '#compute/compute'

/** Where and what a machine should be: plain facts, so that drivers never see a model. */
export interface Machine {
  /** Name of the instance on its node; starts with the node's prefix. */
  readonly instance: string
  readonly hostname: string
  /** Dotted quad; null until one was taken from the pool. */
  readonly address: string | null
  readonly sshPort: number
  /** Pinned public host key, null before the first boot. */
  readonly hostKey: string | null
  /** NET-02; null: it is not in its contract's own network. */
  readonly privateCard: PrivateCard | null
  readonly limits: Limits
  /** SRV-05: it was stopped on purpose, so it doesn't start with its node. */
  readonly isSwitchedOff?: boolean
  readonly node: Node
  /** It may make subvolumes of btrfs, whose content no limit of a volume counts: never where customers are. */
  readonly makesSnapshots?: boolean
}

export interface PrivateCard {
  /** Dotted quad. */
  readonly address: string
  /** What the cards of the contract's servers on one node hang on. */
  readonly bridge: string
}

/** A compute node as its row says. */
export interface Node {
  /** LXD and Incus speak the same but for a few names. */
  readonly driver: 'lxd' | 'incus' | 'adopted'
  /** Path of a unix socket, or an https URL. */
  readonly endpoint: string
  readonly project: string
  readonly pool: string
  /** BKP-01: another pool than that of the servers; null where there is none. */
  readonly backupPool: string | null
  readonly bridge: string
  /** Network of the servers, e.g. `10.87.0.0/20`. */
  readonly cidr: string
  readonly gateway: string
  /** Image alias. */
  readonly image: string
  readonly prefix: string
  /** PEM; for https endpoints only. */
  readonly clientCertificate: string | null
  readonly clientKey: string | null
  readonly serverCertificate: string | null
}
