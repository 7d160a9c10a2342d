import vine from '@vinejs/vine'
import { DateTime } from 'luxon'
import type { MailSearch } from '#monitoring/mail/log'

const zone = 'Asia/Tokyo'
/** Logs are kept for so long. */
const mostDays = 35

/** What the page takes from the address. Nonsense counts as absent. */
const query = vine.create({
  sender: vine.string().trim().maxLength(320).optional(),
  recipient: vine.string().trim().maxLength(320).optional(),
  since: vine.string().trim().maxLength(10).optional(),
  until: vine.string().trim().maxLength(10).optional(),
  before: vine
    .number()
    .withoutDecimals()
    .range([0, 2 ** 40])
    .optional(),
})

export interface MailSearchRequest extends MailSearch {
  /** The days as the form shows them, `2026-11-22`. */
  readonly firstDay: string
  readonly lastDay: string
  readonly oldestDay: string
  readonly today: string
}

/** Yesterday and today, unless somebody asks for other days. */
export async function readMailSearch(
  input: Record<string, unknown>,
  now = DateTime.now()
): Promise<MailSearchRequest> {
  const [error, read] = await query.tryValidate(input)
  const { sender = '', recipient = '', since = '', until = '', before } = error ? {} : read
  const today = now.setZone(zone).startOf('day')
  const oldest = today.minus({ days: mostDays })
  const within = (day: DateTime) => DateTime.max(oldest, DateTime.min(today, day))
  const last = within(dayOf(until) ?? today)
  const first = DateTime.min(within(dayOf(since) ?? last.minus({ days: 1 })), last)
  const end = last.plus({ days: 1 })
  return {
    sender: oneLine(sender),
    recipient: oneLine(recipient),
    since: first.toJSDate(),
    before: before === undefined ? end.toJSDate() : clamp(before, first, end),
    firstDay: first.toISODate()!,
    lastDay: last.toISODate()!,
    oldestDay: oldest.toISODate()!,
    today: today.toISODate()!,
  }
}

function dayOf(text: string): DateTime<true> | undefined {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? DateTime.fromISO(text, { zone }) : undefined
  return day?.isValid ? day : undefined
}

function clamp(seconds: number, first: DateTime, end: DateTime): Date {
  return new Date(Math.min(end.toMillis(), Math.max(first.toMillis(), seconds * 1000)))
}

/** Addresses have neither; the log is searched line by line. */
const oneLine = (text: string) => text.replace(/[\s\p{Cc}]/gu, '').toLowerCase()
