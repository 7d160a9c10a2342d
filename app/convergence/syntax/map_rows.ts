import { NotWritable } from '#convergence/syntax/not_writable'

type Row = readonly [key: string, value: string]

/** Rows of a map as TableResource wants them: sorted by key, each key once, nothing that ends a line in a reader's answer. */
export function rows(of: readonly Row[]): readonly Row[] {
  const sorted = of.map(written).sort(([one], [other]) => (one < other ? -1 : 1))
  const twice = sorted.find(([key], index) => key === sorted[index + 1]?.[0])
  if (twice) throw new NotWritable(twice[0])
  return sorted
}

function written(row: Row): Row {
  const bad = row.find((text) => text === '' || /[\p{Cc}\u2028\u2029]/u.test(text))
  if (bad !== undefined) throw new NotWritable(bad)
  return row
}
