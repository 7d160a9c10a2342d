import type { MachineState, VolumeChanges, VolumeUsage } from '#compute/compute'
import { ComputeError } from '#compute/errors'

/** The machine answers what it likes: everything is checked before it is believed to be of a type. */
export function readState(answer: unknown): MachineState {
  const facts = answer === null ? {} : record(answer)
  return {
    status: answer === null ? 'unreachable' : 'running',
    cpuMs: amount(facts.cpuMs),
    cores: amount(facts.cores),
    memoryUsedBytes: amount(facts.memoryUsedBytes),
    memoryLimitBytes: amount(facts.memoryLimitBytes),
    diskUsedBytes: amount(facts.diskUsedBytes),
    diskLimitBytes: amount(facts.diskLimitBytes),
    processes: amount(facts.processes),
    addresses: strings(facts.addresses ?? []),
  }
}

export function readVolumeChanges(answer: unknown): VolumeChanges {
  const { created, attached, resized } = record(answer)
  return { created: strings(created), attached: strings(attached), resized: strings(resized) }
}

export function readUsages(answer: unknown): ReadonlyMap<string, VolumeUsage> {
  const usages = Object.entries(record(answer)).map(([name, value]): [string, VolumeUsage] => {
    const { usedBytes, sizeBytes } = record(value)
    return [
      name,
      { usedBytes: amount(usedBytes) ?? 0, sizeBytes: amount(sizeBytes) ?? 0, enforced: false },
    ]
  })
  return new Map(usages)
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw odd()
  return value as Record<string, unknown>
}

function strings(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) throw odd()
  return value
}

function amount(value: unknown): number | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw odd()
  return value
}

function odd() {
  return new ComputeError('garbled', 'the machine answered in another shape than expected')
}
