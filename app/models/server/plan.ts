/** SRV-01, SRV-02: CPU cores, memory and base disk of a plan. CPU and memory never change separately. */
export interface Plan {
  readonly code: string
  readonly cores: number
  readonly memoryGb: number
  readonly diskGb: number
  readonly kind: 'virtual' | 'physical'
}

export const plans: readonly Plan[] = [
  { code: 'A', cores: 1, memoryGb: 2, diskGb: 100, kind: 'virtual' },
  { code: 'B', cores: 2, memoryGb: 4, diskGb: 100, kind: 'virtual' },
  { code: 'C', cores: 4, memoryGb: 8, diskGb: 100, kind: 'virtual' },
  { code: 'D', cores: 6, memoryGb: 12, diskGb: 100, kind: 'virtual' },
  { code: 'E', cores: 8, memoryGb: 16, diskGb: 100, kind: 'virtual' },
  { code: 'SAS', cores: 6, memoryGb: 12, diskGb: 500, kind: 'physical' },
  { code: 'SSD', cores: 6, memoryGb: 12, diskGb: 200, kind: 'physical' },
]

export function planOf(code: string): Plan {
  const plan = plans.find((each) => each.code === code)
  if (!plan) throw new Error(`no plan ${code}`)
  return plan
}

/** SRV-04, OPT-02: what may be added to the plan's disk. */
export const mostExtraDiskGb = 2000
