import type { RowMistake } from '#models/zone/mistakes'
import { unicodeOf } from '#models/zone/name'

type Translate = (key: string, data?: Record<string, unknown>) => string
type Told = Pick<RowMistake, 'row' | 'key' | 'data' | 'line'>

/** What is wrong with a record; with its name and type where the page doesn't show which one it is. */
export function sayMistake({ row, key, data, line }: Told, t: Translate): string {
  const words = t(`messages.zones.problems.${key}`, data)
  return row === null && line ? `${unicodeOf(line.name)} ${line.type}：${words}` : words
}
