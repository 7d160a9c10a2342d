import { computeFor } from '#compute/index'
import { ComputeError } from '#compute/errors'
import type { MachineState } from '#compute/compute'
import type Server from '#models/server'

/** What a server uses at this moment (PNL-03). Null where nobody can know. */
export interface Meters {
  readonly reachable: boolean
  readonly status: MachineState['status']
  /** Percent of all cores. */
  readonly cpu: number | null
  readonly memory: Share | null
  readonly disk: Share | null
}

export interface Share {
  readonly usedBytes: number
  readonly limitBytes: number
  readonly percent: number
}

interface Reading {
  readonly at: number
  readonly state: MachineState
}

/** Answers that are younger than this serve everybody who looks. */
const fresh = 1500
const readings = new Map<
  number,
  { reading?: Reading; before?: Reading; running?: Promise<Reading> }
>()

export async function readMeters(server: Server): Promise<Meters> {
  try {
    const { reading, before } = await look(server)
    return metersOf(reading, before)
  } catch (error) {
    if (!(error instanceof ComputeError)) throw error
    return { reachable: false, status: 'unreachable', cpu: null, memory: null, disk: null }
  }
}

/** One reading at a time for each server, however many look at it. */
async function look(server: Server): Promise<{ reading: Reading; before?: Reading }> {
  const known = readings.get(server.id) ?? {}
  readings.set(server.id, known)
  if (known.reading && Date.now() - known.reading.at < fresh)
    return { ...known, reading: known.reading }

  known.running ??= read(server).finally(() => (known.running = undefined))
  const reading = await known.running
  if (known.reading !== reading) known.before = known.reading
  known.reading = reading
  return { reading, before: known.before }
}

async function read(server: Server): Promise<Reading> {
  const compute = await computeFor(server)
  const state = await compute.state()
  return { at: Date.now(), state }
}

function metersOf(reading: Reading, before?: Reading): Meters {
  const { status, memoryUsedBytes, memoryLimitBytes, diskUsedBytes, diskLimitBytes } = reading.state
  return {
    reachable: status !== 'unreachable',
    status,
    cpu: loadBetween(before, reading),
    memory: shareOf(memoryUsedBytes, memoryLimitBytes),
    disk: shareOf(diskUsedBytes, diskLimitBytes),
  }
}

/** CPU time is counted from the start: a load needs two readings, the first look has none. */
function loadBetween(before: Reading | undefined, now: Reading) {
  const { cpuMs, cores } = now.state
  const earlier = before?.state.cpuMs
  if (
    before === undefined ||
    cpuMs === null ||
    !cores ||
    earlier === null ||
    earlier === undefined
  ) {
    return null
  }
  const percent = ((cpuMs - earlier) / (now.at - before.at) / cores) * 100
  return cpuMs < earlier ? null : Math.min(100, Math.max(0, percent))
}

function shareOf(usedBytes: number | null, limitBytes: number | null): Share | null {
  if (usedBytes === null || !limitBytes) return null
  return { usedBytes, limitBytes, percent: Math.min(100, (usedBytes / limitBytes) * 100) }
}
