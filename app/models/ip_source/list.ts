import { checkSource, type SourceProblem } from '#models/ip_source'

export interface SourceMistake {
  /** Counted from 1, as people count lines. */
  readonly line: number
  readonly typed: string
  readonly problem: SourceProblem
}

export interface SourceList {
  /** Each once, in the order in which they were typed. */
  readonly values: readonly string[]
  readonly mistakes: readonly SourceMistake[]
}

/** Addresses and networks, one a line or parted by commas or spaces, because that is how they are copied. */
export function readSources(text: string | null | undefined): SourceList {
  const values = new Set<string>()
  const mistakes: SourceMistake[] = []
  for (const { line, typed } of entriesOf(text ?? '')) {
    const found = checkSource(typed)
    if ('value' in found) values.add(found.value)
    else mistakes.push({ line, typed, problem: found.problem })
  }
  return { values: [...values], mistakes }
}

function entriesOf(text: string) {
  return text.split(/\r\n|\r|\n/).flatMap((row, index) =>
    row
      .split(/[\s,、，]+/)
      .filter((typed) => typed !== '')
      .map((typed) => ({ line: index + 1, typed }))
  )
}
