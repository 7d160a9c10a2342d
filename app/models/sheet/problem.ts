import { say } from '#models/sheet/words'

/** Why a cell, a row or a file cannot be taken. Plain, so that it can be stored. */
export interface Problem {
  /** Of `sheets.problems`, or a full key (`messages.…`). */
  readonly key: string
  readonly data?: Readonly<Record<string, string | number>>
  /** What was in the cell, shortened; never of a column that is secret. */
  readonly typed?: string
}

/** Where it stands. Without a row it is about the whole file. */
export interface Mistake extends Problem {
  /** As spreadsheets count: the heading is row 1, a cell with several lines is one row. */
  readonly row: number | null
  /** As text editors count: where the row begins. */
  readonly line: number | null
  /** The heading of the column; null: the whole row. */
  readonly column: string | null
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'key' in value
}

export function wordsOf({ key, data }: Problem): string {
  return say(key.startsWith('messages.') ? key : `problems.${key}`, { ...data })
}

export function shortened(typed: string, longest = 60) {
  return typed.length > longest ? `${typed.slice(0, longest)}…` : typed
}
