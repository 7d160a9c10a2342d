import { hash } from 'node:crypto'
import type { TableResource } from '#convergence/resource'

const maxNames = 200
const markLength = 12

/**
 * Which rows of a table come (`+`), change (`~`) and go (`-`), by their keys: values may be secrets.
 * `marks` is what the server has: a key and the beginning of its value's SHA-256 a line.
 */
export function rowChanges(rows: TableResource['rows'], marks: string): readonly string[] {
  const before = new Map(marks.split('\n').filter(Boolean).map(keyAndMark))
  const after = new Map(rows)
  const lines = [
    ...[...after].flatMap(([key, value]) => lineOf(key, value, before.get(key))),
    ...[...before.keys()].filter((key) => !after.has(key)).map((key) => `-${key}`),
  ]
  const more = lines.length - maxNames
  return more > 0 ? [...lines.slice(0, maxNames), `… ${more} more`] : lines
}

function keyAndMark(line: string): [string, string] {
  const end = line.lastIndexOf(' ')
  return [line.slice(0, end), line.slice(end + 1)]
}

function lineOf(key: string, value: string, mark: string | undefined): string[] {
  if (mark === undefined) return [`+${key}`]
  return mark === hash('sha256', value).slice(0, markLength) ? [] : [`~${key}`]
}
