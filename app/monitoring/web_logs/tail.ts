import { integerOf, listOf, recordOf } from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import type { WebLog } from '#models/domain/web_log'
import { shownText } from '#monitoring/mail/shown_text'
import { inquire, type Answer } from '#monitoring/questions'

export const tailLines = 200
const longestLine = 2001

/** How far a log was read. */
export interface LogPosition {
  readonly inode: number
  readonly offset: number
}

export interface LogTail {
  /** Null while there is no such file. */
  readonly position: LogPosition | null
  readonly lines: readonly string[]
  /** More came than is told. */
  readonly hasSkipped: boolean
}

/** ALOG-01: what was added since `after`; without it the last lines. */
export function tailOf(
  domain: Domain,
  log: WebLog,
  after: LogPosition | null
): Promise<Answer<LogTail>> {
  const given = { domain: domain.name, log, most: tailLines, ...after }
  return inquire(domain.server, 'web_log_tail', given, (answer) => {
    const { inode, offset, lines, skipped } = recordOf(answer)
    return {
      position: inode === null ? null : { inode: integerOf(inode), offset: integerOf(offset) },
      lines: listOf(lines, tailLines, (line) => shownText(line, longestLine)),
      hasSkipped: skipped === true,
    }
  })
}
