import { DateTime } from 'luxon'

const moments = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
})
const momentsWithSeconds = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const numbers = new Intl.NumberFormat('ja-JP', { maximumFractionDigits: 1 })

type Moment = DateTime | Date | string | null | undefined

/** Rows that are read without a model bring text (SQLite) or dates (MariaDB), both of UTC. */
function toDate(value: Moment): Date | null {
  if (!value) return null
  if (value instanceof Date) return value
  if (DateTime.isDateTime(value)) return value.toJSDate()
  const text = value.replace(' ', 'T')
  const date = new Date(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(date.getTime()) ? null : date
}

/** `2026/11/22 08:32`, Japanese time. */
export function moment(value: Moment, precision: 'minutes' | 'seconds' = 'minutes') {
  const date = toDate(value)
  if (!date) return ''
  return (precision === 'seconds' ? momentsWithSeconds : moments).format(date)
}

/** `2026/11/22` of `2026-11-22`. */
export function day(value: string | null) {
  return value?.replaceAll('-', '/') ?? ''
}

/** Seconds between two moments, as people say it. */
export function age(from: Moment, to: Moment) {
  const start = toDate(from)
  const end = toDate(to)
  if (!start || !end) return ''
  const seconds = (end.getTime() - start.getTime()) / 1000
  if (seconds < 60) return `${numbers.format(seconds)} 秒`
  return `${Math.floor(seconds / 60)} 分 ${Math.round(seconds % 60)} 秒`
}

export function number(value: number | bigint | null | undefined) {
  return value === null || value === undefined ? '' : numbers.format(value)
}

/** Sizes are set in MiB; customers know them as MB and GB. */
export function megabytes(value: number | null | undefined) {
  if (value === null || value === undefined) return ''
  return value >= 1024 ? `${numbers.format(value / 1024)} GB` : `${numbers.format(value)} MB`
}

export function bytes(value: number | null | undefined) {
  if (value === null || value === undefined) return ''
  if (value > 0 && value < 2 ** 20) return `${numbers.format(Math.max(0.1, value / 1024))} KB`
  return megabytes(value / 1024 / 1024)
}

interface List {
  /** Of lists that show one state at a time. */
  readonly state?: string
  readonly q: string
  readonly page: number
  readonly sort: string
}

/** The same list with something changed; what is as usual stays out of the address. */
export function listUrl(list: List, change: Partial<List>) {
  const { q, page, sort, state } = { ...list, ...change }
  const query = new URLSearchParams(state ? { state } : {})
  if (q !== '') query.set('q', q)
  if (sort !== '') query.set('sort', sort)
  if (page > 1) query.set('page', String(page))
  return `?${query}`
}

interface Search {
  readonly sender: string
  readonly recipient: string
  readonly firstDay: string
  readonly lastDay: string
  readonly before: Date
}

/** The same search of the mail log, further back; the second that was reached may hold more. */
export function searchUrl({ sender, recipient, firstDay, lastDay, before }: Search, reached: Date) {
  const next = Math.min(reached.getTime() + 1000, before.getTime() - 1000)
  const query = new URLSearchParams({ since: firstDay, until: lastDay })
  if (sender !== '') query.set('sender', sender)
  if (recipient !== '') query.set('recipient', recipient)
  query.set('before', String(Math.floor(next / 1000)))
  return `?${query}`
}

interface LogSearch {
  readonly log: string
  readonly text: string
  readonly status: string
  readonly address: string
  readonly firstDay: string
  readonly lastDay: string
}

/** The same search of a log, further on. */
export function logSearchUrl(search: LogSearch, next: { file: string; offset: number }) {
  const { log, text, status, address, firstDay, lastDay } = search
  const typed = { text, status, address, file: next.file, offset: String(next.offset) }
  return `?${new URLSearchParams({ log, since: firstDay, until: lastDay, ...typed })}`
}

/** First, last and around the present one; null stands for a gap. */
export function pageSteps({ page, lastPage }: { page: number; lastPage: number }) {
  const near = [1, page - 1, page, page + 1, lastPage]
  const steps = [...new Set(near)].filter((step) => step >= 1 && step <= lastPage)
  return steps.flatMap((step, index) => {
    const before = steps[index - 1]
    return before !== undefined && step - before > 1 ? [null, step] : [step]
  })
}

export function milliseconds(value: number | null | undefined) {
  if (value === null || value === undefined) return ''
  return value < 1000 ? `${Math.round(value)} ms` : `${numbers.format(value / 1000)} 秒`
}

/** `2026/12/01 02:00〜05:00`, Japanese time; with both days where it ends on another one. */
export function workTime(from: Moment, until: Moment) {
  const [start, end] = [moment(from), moment(until)]
  if (end === '') return `${start}〜`
  const [startDay] = start.split(' ')
  const [endDay, endTime] = end.split(' ')
  return `${start}〜${endDay === startDay ? endTime : end}`
}
