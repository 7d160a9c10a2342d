import { RecordProblem } from '#models/zone/problem'

/** Thirty days: a wrong record that stays in others' caches longer can't be mended by anybody. */
export const longestTtl = 2_592_000

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Seconds, or `1h30m` as BIND writes it; null when it is neither. */
export function secondsOf(typed: string): number | null {
  const text = typed.trim().toLowerCase()
  if (/^\d{1,10}$/.test(text)) return Number(text)
  if (!/^(\d{1,10}[smhdw]){1,5}$/.test(text)) return null
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)]
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit], 0)
}

/** RFC 2181, 8, and what can be lived with. */
export function readTtl(typed: string): number {
  const seconds = secondsOf(typed)
  if (seconds === null || seconds > longestTtl)
    throw new RecordProblem('ttl', { most: longestTtl }, 'ttl')
  return seconds
}
