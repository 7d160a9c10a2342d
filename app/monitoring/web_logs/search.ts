import { integerOf, listOf, recordOf, textOf } from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import type { WebLog } from '#models/domain/web_log'
import { shownText } from '#monitoring/mail/shown_text'
import { inquire, type Answer } from '#monitoring/questions'

export const linesPerPage = 200
const longestLine = 2001

export interface LogSearch {
  readonly log: WebLog
  /** `2026-11-22`, all of them in Asia/Tokyo. */
  readonly firstDay: string
  readonly lastDay: string
  readonly today: string
  readonly text: string
  /** `404`, or `4` for all that begin so; empty for all. */
  readonly status: string
  readonly address: string
  readonly from: LogPlace | null
}

/** Where a search goes on. */
export interface LogPlace {
  readonly file: string
  readonly offset: number
}

export interface FoundLines {
  readonly lines: readonly { readonly file: string; readonly text: string }[]
  readonly next: LogPlace | null
  /** Bytes that were looked at. */
  readonly read: number
  /** Names of files that are too large. */
  readonly skipped: readonly string[]
}

/** ALOG-01: lines as time went, as many as can be found while somebody waits. */
export function searchWebLog(domain: Domain, search: LogSearch): Promise<Answer<FoundLines>> {
  const { log, text, status, address, from } = search
  const [first, last, today] = [search.firstDay, search.lastDay, search.today].map(compact)
  const given = { log, text, status, address, first, last, today, ...from }
  const request = { domain: domain.name, most: linesPerPage, ...given }
  return inquire(domain.server, 'web_log_search', request, (answer) => {
    const { lines, next, read, skipped } = recordOf(answer)
    return {
      lines: listOf(lines, linesPerPage, lineOf),
      next: next === null ? null : placeOf(next),
      read: integerOf(read),
      skipped: listOf(skipped, 4000, (name) => shownText(name, 60)),
    }
  })
}

function lineOf(value: unknown) {
  const { file, text } = recordOf(value)
  return { file: shownText(file, 60), text: shownText(text, longestLine) }
}

function placeOf(value: unknown): LogPlace {
  const { file, offset } = recordOf(value)
  return { file: textOf(file, 60), offset: integerOf(offset) }
}

const compact = (day: string) => day.replaceAll('-', '')
