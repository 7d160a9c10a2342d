import { DateTime } from 'luxon'

/** ALOG-01: what lies in a domain's `log`. */
export const webLogs = ['access', 'error', 'access.stage', 'error.stage', 'ftp'] as const
export type WebLog = (typeof webLogs)[number]

export interface WebLogFile {
  /** `access.log`, `access.log-20261122.gz`. */
  readonly name: string
  readonly log: WebLog
  /** Whose lines it holds, `2026-11-22`; null for the one that is written to. */
  readonly day: string | null
  readonly bytes: number
  /** Of its last line. */
  readonly at: Date
}

/** ALOG-01: what goes at once when logs are kept for so many days; the days that ended before are counted. */
export function outlived(files: readonly WebLogFile[], days: number, today: string): WebLogFile[] {
  const oldest = DateTime.fromISO(today, { zone: 'utc' }).minus({ days }).toISODate()!
  return files.filter(({ day }) => day !== null && day < oldest)
}

const namePattern =
  /^(access|error|access\.stage|error\.stage|ftp)\.log(?:-(\d{4})(\d\d)(\d\d)(?:-\d{1,3})?(?:\.gz)?)?$/

/** Which log and day a file's name says; undefined for another name. */
export function readWebLogName(name: string): Pick<WebLogFile, 'log' | 'day'> | undefined {
  const found = namePattern.exec(name)
  if (!found) return undefined
  const [, log, year, month, date] = found
  return { log: log as WebLog, day: year ? `${year}-${month}-${date}` : null }
}
