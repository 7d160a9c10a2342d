export interface Figures {
  /** How many things were wanted, looked at, written … */
  readonly counts: readonly { readonly name: string; readonly value: number }[]
  readonly phases: readonly { readonly name: string; readonly ms: number }[]
  readonly totalMs: number | null
}

/** What the engine measured, as it stored it: numbers by name, and milliseconds by phase below `ms`. */
export function readFigures(stored: string | null): Figures {
  const { ms = {}, ...counts } = stored ? JSON.parse(stored) : {}
  const phases = numbersOf(ms).map(([name, value]) => ({ name, ms: value }))
  return {
    counts: numbersOf(counts).map(([name, value]) => ({ name, value })),
    phases,
    totalMs: phases.length ? phases.reduce((sum, phase) => sum + phase.ms, 0) : null,
  }
}

function numbersOf(values: object) {
  return Object.entries(values).filter((entry): entry is [string, number] => {
    return typeof entry[1] === 'number'
  })
}
