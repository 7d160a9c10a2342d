import type { Limits } from '#compute/compute'
import { addedCard } from '#compute/added_card'
import { privateCard as privateCardName } from '#config/networks'
import type { Machine, Node, PrivateCard } from '#compute/machine'

export type Config = Readonly<Record<string, string>>
export type Devices = Readonly<Record<string, Config>>

/** Ids inside are 0 … 262143: accounts are numbered from 20000 up and never reused. */
const idsPerMachine = 262_144

/** What every instance has, always: defaults of the daemon are not relied on. No customer's text is in here. */
export function wantedConfig(machine: Machine): Config {
  return {
    ...limitKeys(machine.limits),
    'security.privileged': 'false',
    'security.nesting': 'false',
    [guestSocketKey(machine)]: 'false',
    'security.idmap.isolated': 'true',
    'security.idmap.size': String(idsPerMachine),
    ...(machine.makesSnapshots ? {} : { 'security.syscalls.deny': noSubvolumes }),
    'boot.autostart': machine.isSwitchedOff ? 'false' : 'true',
    'user.address': `${machine.address}/${machine.node.cidr.split('/')[1]}`,
    'user.gateway': machine.node.gateway,
    'user.hostname': machine.hostname,
  }
}

/**
 * OPT-01: whoever may write to a directory on btrfs may make a subvolume in it, and what is in there counts for no limit of the volume
 * around it: one customer could fill the disk of all. The four orders that make one (linux/btrfs.h: SNAP_CREATE, SUBVOL_CREATE and
 * the second form of each) are refused; only the lower 32 bits of an order count. Holds from a machine's next start.
 */
const noSubvolumes = [0x50009401, 0x5000940e, 0x50009417, 0x50009418]
  .map((order) => `ioctl errno 1 [1,0x${order.toString(16)},SCMP_CMP_MASKED_EQ,0xffffffff]`)
  .join('\n')

/** The daemon's socket inside the instance; Incus calls it otherwise and refuses the name it doesn't know. */
function guestSocketKey({ node }: Machine) {
  return node.driver === 'incus' ? 'security.guestapi' : 'security.devlxd'
}

export function limitKeys({ cores, memoryMb }: Limits): Config {
  return {
    'limits.cpu': String(cores),
    'limits.memory': `${memoryMb}MiB`,
    'limits.memory.enforce': 'hard',
    'limits.processes': '32768',
  }
}

/** Of a machine that is made. What it was made with is `kept` later. */
export function wantedDevices({ node, address, limits, privateCard: card }: Machine): Devices {
  return {
    root: rootDevice(node.pool, limits),
    eth0: cardOf('eth0', node, String(address)),
    ...(card ? privateDevice(card) : {}),
  }
}

/** One address each: what a card may send from is filtered by it. */
function cardOf(name: string, { bridge }: Pick<Node, 'bridge'>, address: string): Config {
  return {
    'type': 'nic',
    name,
    'network': bridge,
    'ipv4.address': address,
    'hwaddr': hardwareAddress(address),
    'security.mac_filtering': 'true',
    'security.ipv4_filtering': 'true',
    'security.ipv6_filtering': 'true',
  }
}

/** NET-02: its own address alone, and no names, so that nothing but IPv4 and ARP comes from it. */
export const privateDeviceName = 'private'

export function privateDevice({ address, bridge }: PrivateCard): Devices {
  return { [privateDeviceName]: cardOf(privateCardName, { bridge }, address) }
}

/** OPT-03: devices by name. */
export function addedCards(node: Node, addresses: readonly string[]): Devices {
  return Object.fromEntries(
    addresses.map((address) => [
      `ip-${addedCard(address)}`,
      cardOf(addedCard(address), node, address),
    ])
  )
}

export function isAddedCard(device: string) {
  return device.startsWith('ip-')
}

/**
 * Of the address, so that who takes one over is found at once where others still remember its last holder. Their
 * network is one segment, no larger than the three octets. 00:16:3e is what both daemons number their cards with.
 */
export function hardwareAddress(address: string): string {
  const octets = address.split('.').slice(1)
  return [
    '00',
    '16',
    '3e',
    ...octets.map((octet) => Number(octet).toString(16).padStart(2, '0')),
  ].join(':')
}

/**
 * What is wanted of devices that are there. A card stays what it was made as: the daemon would unplug it for another
 * hardware address, and the running machine would be without network.
 */
export function kept(actual: Devices, wanted: Devices): Devices {
  if (!actual.eth0) return wanted
  const { hwaddr: unused, ...card } = wanted.eth0
  const { hwaddr } = actual.eth0
  return { ...wanted, eth0: hwaddr ? { ...card, hwaddr } : card }
}

export function rootDevice(pool: string, { diskMb }: Limits): Config {
  return { type: 'disk', path: '/', pool, size: `${diskMb}MiB` }
}

/** Keys of `wanted` that `actual` has otherwise or not at all. */
export function differences(actual: Config, wanted: Config): string[] {
  return Object.keys(wanted).filter((key) => actual[key] !== wanted[key])
}
