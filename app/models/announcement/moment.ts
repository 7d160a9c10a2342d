import { DateTime } from 'luxon'

const zone = 'Asia/Tokyo'
const shape = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T\s]+(\d{1,2}):(\d{2})(?::\d{2})?$/

/** `2026-11-23T14:30`, `2026/11/23 14:30`, full width, in Japan; undefined for what is no moment. */
export function readMoment(typed: string): DateTime | undefined {
  const parts = shape.exec(typed.normalize('NFKC').trim())
  if (!parts) return undefined
  const [year, month, day, hour, minute] = parts.slice(1, 6).map(Number)
  const at = DateTime.fromObject({ year, month, day, hour, minute }, { zone })
  return at.isValid && year >= 2000 && year < 2100 ? at.toUTC() : undefined
}

/** As a browser's field for a moment wants it. */
export function momentField(at: DateTime | null | undefined): string {
  return at ? at.setZone(zone).toFormat("yyyy-MM-dd'T'HH:mm") : ''
}
