import { DateTime } from 'luxon'

const zone = 'Asia/Tokyo'

/** Between 2:00 and 5:00, when few people visit: each domain at a time of its own. */
export function usualMinute(domainId: number): number {
  return 120 + ((domainId * 37) % 180)
}

/** `9:05`, `０９：０５` → minutes after midnight; undefined for what is no time of day. */
export function readTimeOfDay(typed: string): number | undefined {
  const parts = /^(\d{1,2}):(\d{2})$/.exec(typed.normalize('NFKC').trim())
  if (!parts) return undefined
  const [hour, minute] = parts.slice(1).map(Number)
  return hour < 24 && minute < 60 ? hour * 60 + minute : undefined
}

/** `03:05`. */
export function timeOfDay(minute: number): string {
  return [Math.floor(minute / 60), minute % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

/** When it is that time in Japan next; later than `after`. */
export function nextMoment(minute: number, after: Date): Date {
  const midnight = DateTime.fromJSDate(after, { zone }).startOf('day')
  const moment = midnight.plus({ minutes: minute })
  return (moment.toJSDate() > after ? moment : moment.plus({ days: 1 })).toJSDate()
}
