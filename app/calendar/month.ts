import { Day } from '#calendar/day'

/** A month as calendars on a wall show it. */
export interface Month {
  /** `2026-11` */
  readonly text: string
  readonly year: number
  /** 1 is January. */
  readonly number: number
  readonly first: Day
  readonly last: Day
  readonly previous: string
  readonly next: string
  /** Each from Sunday to Saturday; null for days of the months beside it. */
  readonly weeks: readonly (readonly (Day | null)[])[]
}

/** Of `2026-11`; null for what is no month, or none whose holidays are known. */
export function readMonth(text: string): Month | null {
  if (!/^(?:20[0-4]\d)-(?:0[1-9]|1[0-2])$/.test(text)) return null
  const first = Day.of(`${text}-01`)
  const last = lastOf(first)
  const year = Number(text.slice(0, 4))
  const around = { previous: monthOf(first.plus(-1)), next: monthOf(last.plus(1)) }
  const number = Number(text.slice(5))
  return { text, year, number, first, last, ...around, weeks: weeksOf(first, last) }
}

/** `2026-11` */
export function monthOf(day: Day): string {
  return day.toString().slice(0, 7)
}

function lastOf(first: Day): Day {
  let last = first.plus(27)
  while (monthOf(last.plus(1)) === monthOf(first)) last = last.plus(1)
  return last
}

function weeksOf(first: Day, last: Day) {
  const sunday = first.plus(-first.weekday)
  const count = Math.ceil((sunday.until(last) + 1) / 7)
  return Array.from({ length: count }, (_, week) =>
    Array.from({ length: 7 }, (__, weekday) => {
      const day = sunday.plus(week * 7 + weekday)
      return monthOf(day) === monthOf(first) ? day : null
    })
  )
}
