import { DateTime } from 'luxon'

/** A day as people write it: `2026-11-22`, `2026/11/22`, full width; undefined for what is no day. */
export function readDay(typed: string): string | undefined {
  const parts = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(typed.normalize('NFKC').trim())
  if (!parts) return undefined
  const [year, month, day] = parts.slice(1).map(Number)
  const date = DateTime.utc(year, month, day)
  return date.isValid && year >= 2000 ? date.toISODate() : undefined
}

/** `YYYY-MM-DD` in Japan, where the customers' days begin. */
export function today(): string {
  return DateTime.now().setZone('Asia/Tokyo').toISODate()!
}
