import { isIP } from 'node:net'
import vine from '@vinejs/vine'
import { readDay, today } from '#models/day'
import { logDays } from '#models/domain/log_settings'
import { readWebLogName, webLogs, type WebLog } from '#models/domain/web_log'
import type { LogPosition } from '#monitoring/web_logs/tail'
import type { LogPlace, LogSearch } from '#monitoring/web_logs/search'
import { days } from '#validators/rules'

export const logRetention = vine.create({
  log_days: days(logDays),
  /** The days for which it was shown what goes. */
  confirmed: vine.number().optional(),
})

const text = vine.string().trim()
const count = vine.number().withoutDecimals().min(0).max(Number.MAX_SAFE_INTEGER)

/** What pages take from the address. Nonsense counts as absent. */
const query = vine.create({ log: vine.enum(webLogs).optional() })
const position = vine.create({ inode: count.clone(), offset: count.clone() })
const search = vine.create({
  text: text.clone().maxLength(200).optional(),
  status: text.clone().maxLength(10).optional(),
  address: text.clone().maxLength(60).optional(),
  since: text.clone().maxLength(20).optional(),
  until: text.clone().maxLength(20).optional(),
})
const place = vine.create({ file: text.clone().maxLength(60), offset: count.clone() })

type Input = Record<string, unknown>

/** Fewer days than now, about which the page asks; null without. */
export async function readFewerDays(input: Input, now: number): Promise<number | null> {
  const [, read] = await logRetention.tryValidate(input)
  return read && read.log_days < now ? read.log_days : null
}

/** Which log, the access log unless somebody asks for another. */
export async function readWebLog(input: Input): Promise<WebLog> {
  const [, read] = await query.tryValidate(input)
  return read?.log ?? 'access'
}

export async function readLogPosition(input: Input): Promise<LogPosition | null> {
  const [, read] = await position.tryValidate(input)
  return read
}

/** What was typed and means nothing: said at its field, and nothing is searched. */
export type LogSearchMistake = 'status' | 'address' | 'since' | 'until' | 'order'

/** Today, unless somebody asks for other days. */
export async function readLogSearch(input: Input) {
  const [, read] = await search.tryValidate(input)
  const { text: words = '', status = '', address = '', since = '', until = '' } = read ?? {}
  const now = today()
  const lastDay = earlier(readDay(until) ?? now, now)
  const firstDay = readDay(since) ?? lastDay
  const typed: LogSearch = {
    log: await readWebLog(input),
    ...{ firstDay, lastDay, today: now },
    text: words.replace(/\p{Cc}/gu, ''),
    status: status.normalize('NFKC'),
    address: address.normalize('NFKC'),
    from: await readPlace(input),
  }
  const isWrong: [LogSearchMistake, boolean][] = [
    ['status', !/^([1-5]\d{0,2})?$/.test(typed.status)],
    ['address', typed.address !== '' && isIP(typed.address) === 0],
    ['since', since !== '' && !readDay(since)],
    ['until', until !== '' && !readDay(until)],
    ['order', firstDay > lastDay],
  ]
  const mistakes = isWrong.flatMap(([what, is]) => (is ? [what] : []))
  return { search: typed, mistakes }
}

async function readPlace(input: Input): Promise<LogPlace | null> {
  const [, read] = await place.tryValidate(input)
  return read && readWebLogName(read.file) ? read : null
}

const earlier = (one: string, other: string) => (one < other ? one : other)
