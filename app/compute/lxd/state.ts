import type { MachineState, MachineStatus } from '#compute/compute'
import { ComputeError } from '#compute/errors'
import { record, type LxdClient } from '#compute/lxd/client'

const statuses: Readonly<Record<string, MachineStatus>> = {
  Running: 'running',
  Stopped: 'stopped',
  Frozen: 'frozen',
}

const unknown: Omit<MachineState, 'status'> = {
  cpuMs: null,
  cores: null,
  memoryUsedBytes: null,
  memoryLimitBytes: null,
  diskUsedBytes: null,
  diskLimitBytes: null,
  processes: null,
  addresses: [],
}

/** Two reads: what it uses, and what it may. An endpoint that doesn't answer is a state too. */
export async function machineState(client: LxdClient, instance: string): Promise<MachineState> {
  try {
    const [now, facts] = await Promise.all([
      client.find(`/1.0/instances/${instance}/state`, { timeoutS: 10 }),
      client.find(`/1.0/instances/${instance}`, { timeoutS: 10 }),
    ])
    if (!now || !facts) return { status: 'missing', ...unknown }
    return reading(record(now.metadata), record(facts.metadata))
  } catch (error) {
    if (!(error instanceof ComputeError) || !['timeout', 'unreachable'].includes(error.fault))
      throw error
    return { status: 'unreachable', ...unknown }
  }
}

function reading(now: Record<string, unknown>, facts: Record<string, unknown>): MachineState {
  const config = record(facts.expanded_config)
  const root = part(record(facts.expanded_devices).root)
  const status = statuses[String(now.status)] ?? 'stopped'
  const limits = {
    cores: Number(config['limits.cpu']) || null,
    memoryLimitBytes: bytesOf(config['limits.memory']),
    diskUsedBytes: usedOf(part(now.disk)),
    diskLimitBytes: bytesOf(root.size),
  }
  if (status !== 'running') return { status, ...unknown, ...limits }
  return {
    status,
    ...limits,
    cpuMs: Math.round((numberOf(part(now.cpu).usage) ?? 0) / 1e6),
    memoryUsedBytes: numberOf(part(now.memory).usage),
    processes: numberOf(now.processes),
    addresses: addressesOf(part(now.network)),
  }
}

/** Its own file system and the volumes of its domains; the copies of customers' content count for nobody (BKP-01). */
function usedOf(disks: Record<string, unknown>): number | null {
  const own = Object.entries(disks).filter(([name]) => !name.startsWith('backup-'))
  const usages = own.map(([, disk]) => numberOf(part(disk).usage))
  if (!('root' in disks)) return null
  return usages.reduce<number>((sum, usage) => sum + (usage ?? 0), 0)
}

function addressesOf(network: Record<string, unknown>): string[] {
  return Object.values(network)
    .flatMap((card) => {
      const { addresses } = part(card)
      return Array.isArray(addresses) ? addresses.map(part) : []
    })
    .filter((each) => each.scope === 'global')
    .map((each) => String(each.address))
}

/** Parts that the daemon leaves out, or gives as null, are empty. */
function part(value: unknown): Record<string, unknown> {
  return value === null || value === undefined ? {} : record(value)
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  'KiB': 2 ** 10,
  'MiB': 2 ** 20,
  'GiB': 2 ** 30,
  'TiB': 2 ** 40,
  'kB': 1e3,
  'MB': 1e6,
  'GB': 1e9,
}

export function bytesOf(size: unknown): number | null {
  const match = typeof size === 'string' ? size.match(/^(\d+)\s*([kKMGT]?i?B?)$/) : null
  const unit = match && units[match[2]]
  return match && unit ? Number(match[1]) * unit : null
}
