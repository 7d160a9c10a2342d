import { p50, p95, p99, rounded } from '#tests/load/statistics'

/** What one bench found. Its keys are what `--json` prints; times are milliseconds. */
export interface Figures {
  readonly name: string
  /** Samples behind the percentiles. */
  readonly n: number
  readonly p50_ms: number
  readonly p95_ms: number
  readonly p99_ms: number
  /** What the same machine needs at least, measured in the same run; null where there is no such thing. */
  readonly floor_ms: number | null
  readonly [further: string]: number | string | null
}

export type Further = Readonly<Record<string, number | string | null>>

export function figuresOf(
  name: string,
  samples: readonly number[],
  floorMs: number | null,
  further: Further = {}
): Figures {
  return {
    name,
    n: samples.length,
    p50_ms: rounded(p50(samples)),
    p95_ms: rounded(p95(samples)),
    p99_ms: rounded(p99(samples)),
    floor_ms: floorMs === null ? null : rounded(floorMs),
    ...further,
  }
}

/** The same figures of several runs as one: the median of each. */
export function medians(all: readonly Further[]): Further {
  const keys = Object.keys(all[0] ?? {})
  const numbers = (key: string) =>
    all.map((each) => each[key]).filter((each) => typeof each === 'number')
  return Object.fromEntries(keys.map((key) => [key, rounded(p50(numbers(key)))]))
}

const columns = ['name', 'n', 'p50_ms', 'p95_ms', 'p99_ms', 'floor_ms'] as const
const widths = [16, 6, 10, 10, 10, 10]

export const tableHead = row(columns)

/** One line of the table; figures that only this bench has follow as `key=value`. */
export function tableRow(figures: Figures): string {
  const own = Object.entries(figures).filter(
    ([key]) => !(columns as readonly string[]).includes(key)
  )
  const rest = own.map(([key, value]) => `${key}=${value ?? '-'}`).join(' ')
  return `${row(columns.map((column) => figures[column] ?? '-'))}  ${rest}`.trimEnd()
}

function row(cells: readonly (string | number)[]) {
  return cells
    .map((cell, index) =>
      index === 0 ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[index])
    )
    .join('')
}
