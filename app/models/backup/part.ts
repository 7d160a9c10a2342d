/** What became of one part of a backup or a restore: a directory, a home, a database. */
export interface Part {
  /** `html`, `home/sato`, `database/shop`. */
  readonly name: string
  /** `done`, or why not. */
  readonly result: string
}

/** As everything together is told: nothing of it stops at one part. */
export function stateOf(parts: readonly Part[]): 'done' | 'partial' | 'failed' {
  const done = parts.filter(({ result }) => result === 'done').length
  if (done === parts.length && done > 0) return 'done'
  return done > 0 ? 'partial' : 'failed'
}
