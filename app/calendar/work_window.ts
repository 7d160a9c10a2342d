import type { BusinessCalendar } from '#calendar/business_calendar'
import type { Day } from '#calendar/day'

/** Hours at which servers are worked on (M 2.3.1 ディスク容量拡張, 3.1 *2). */
export const workWindows = {
  '10-12': { from: 10, to: 12, isNight: false },
  '13-15': { from: 13, to: 15, isNight: false },
  '15-17': { from: 15, to: 17, isNight: false },
  '18-21': { from: 18, to: 21, isNight: true },
  '21-24': { from: 21, to: 24, isNight: true },
} as const

export type WorkWindow = keyof typeof workWindows

/** By day the day itself must be open; by night the next one, too, since somebody must be there for what went wrong. */
export function windowIsOpen(calendar: BusinessCalendar, day: Day, window: WorkWindow): boolean {
  if (!calendar.isOpen(day)) return false
  return !workWindows[window].isNight || calendar.isOpen(day.plus(1))
}

export function windowsOn(calendar: BusinessCalendar, day: Day): readonly WorkWindow[] {
  const all = Object.keys(workWindows) as WorkWindow[]
  return all.filter((window) => windowIsOpen(calendar, day, window))
}

export function windowBounds(day: Day, window: WorkWindow) {
  const { from, to } = workWindows[window]
  return { from: day.time(from), to: day.time(to) }
}
