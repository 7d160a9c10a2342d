import { planOf } from '#models/server/plan'

/** SRV-02: what keeps a machine from being a customer's server, or what staff should know before it becomes one. */
export interface Problem {
  /** Words: `physical_machines.problems.<code>`. */
  readonly code: string
  /** What it is about, as the words want it. */
  readonly of?: string
  /** Nobody can take it upon himself. */
  readonly isGrave: boolean
}

/** What `#compute/adopted/inspection` reads. */
export interface MachineFacts {
  readonly uid: number
  readonly system: string
  readonly version: string
  readonly title: string
  readonly cores: number
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly hasSystemd: boolean
  readonly isUsed: boolean
  readonly missing: readonly string[]
}

/** A kernel keeps some memory, and a file system some disk, for itself. */
const memoryShare = 0.92
const diskShare = 0.95

export function problemsOf(facts: MachineFacts, plan: string): Problem[] {
  return [...graveOf(facts), ...smallOf(facts, plan)]
}

function graveOf({ uid, system, version, title, hasSystemd, isUsed, missing }: MachineFacts) {
  const grave: Omit<Problem, 'isGrave'>[] = []
  if (system !== 'debian' || version !== '13') grave.push({ code: 'other_system', of: title })
  if (uid !== 0) grave.push({ code: 'not_root' })
  if (!hasSystemd) grave.push({ code: 'no_systemd' })
  if (missing.length > 0) grave.push({ code: 'programs', of: missing.join('、') })
  if (isUsed) grave.push({ code: 'used' })
  return grave.map((problem) => ({ ...problem, isGrave: true }))
}

function smallOf({ cores, memoryBytes, diskBytes }: MachineFacts, code: string) {
  const plan = planOf(code)
  const small: Omit<Problem, 'isGrave'>[] = []
  if (cores < plan.cores) small.push({ code: 'few_cores', of: String(cores) })
  if (memoryBytes < plan.memoryGb * 2 ** 30 * memoryShare)
    small.push({ code: 'little_memory', of: gigabytes(memoryBytes) })
  if (diskBytes < plan.diskGb * 1e9 * diskShare)
    small.push({ code: 'small_disk', of: gigabytes(diskBytes) })
  return small.map((problem) => ({ ...problem, isGrave: false }))
}

function gigabytes(bytes: number) {
  return (bytes / 2 ** 30).toFixed(1)
}
