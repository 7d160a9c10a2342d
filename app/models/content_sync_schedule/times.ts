import { DateTime } from 'luxon'

export const syncIntervals = [1, 3, 6, 12, 24] as const

/** Japan's times: `atMinute` after midnight, and each so many hours before and after it. */
export interface SyncTimes {
  readonly everyHours: (typeof syncIntervals)[number]
  readonly atMinute: number
}

const zone = 'Asia/Tokyo'

/** The first one after `now`. Japan's days all have 24 hours. */
export function nextTimeOf({ everyHours, atMinute }: SyncTimes, now = DateTime.utc()): DateTime {
  const step = everyHours * 60
  const midnight = now.setZone(zone).startOf('day')
  const passed = now.diff(midnight, 'minutes').minutes
  const first = atMinute % step
  const steps = Math.floor((passed - first) / step) + 1
  return midnight.plus({ minutes: first + Math.max(0, steps) * step }).toUTC()
}
