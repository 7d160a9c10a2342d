import type { Limits } from '#compute/compute'
import type { Machine } from '#compute/machine'

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
    'boot.autostart': 'true',
    'user.address': `${machine.address}/${machine.node.cidr.split('/')[1]}`,
    'user.gateway': machine.node.gateway,
    'user.hostname': machine.hostname,
  }
}

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

export function wantedDevices({ node, address, limits }: Machine): Devices {
  return {
    root: rootDevice(node.pool, limits),
    eth0: {
      'type': 'nic',
      'name': 'eth0',
      'network': node.bridge,
      'ipv4.address': String(address),
      'security.mac_filtering': 'true',
      'security.ipv4_filtering': 'true',
      'security.ipv6_filtering': 'true',
    },
  }
}

export function rootDevice(pool: string, { diskMb }: Limits): Config {
  return { type: 'disk', path: '/', pool, size: `${diskMb}MiB` }
}

/** Keys of `wanted` that `actual` has otherwise or not at all. */
export function differences(actual: Config, wanted: Config): string[] {
  return Object.keys(wanted).filter((key) => actual[key] !== wanted[key])
}
