import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * `<system>:<pid>:<start>:<n>`: whoever runs on the same system can see whether the process still
 * lives, so that a restarted panel takes up its work at once instead of waiting for leases to end.
 */
let count = 0

export function newWorkerId(): string {
  count += 1
  return `${system()}:${process.pid}:${startOf(process.pid) ?? '0'}:${count}`
}

/** True only where it is certain: the id is of this system, and its process is gone. */
export function isDeadWorker(workerId: string): boolean {
  const [where, pid, start] = workerId.split(':')
  return where === system() && startOf(Number(pid)) !== start
}

let knownSystem: string | undefined

/** Differs per boot and per process namespace: only within one of these do process ids mean anything. */
function system() {
  knownSystem ??= createHash('sha256')
    .update(readFileSync('/proc/sys/kernel/random/boot_id'))
    .update(readlinkSync('/proc/self/ns/pid'))
    .digest('hex')
    .slice(0, 12)
  return knownSystem
}

/** Start time in clock ticks since boot: process ids are used again, these pairs aren't. Null for no or a zombie process. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? null : fields[18]
  } catch {
    return null
  }
}
