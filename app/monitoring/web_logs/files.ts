import { integerOf, listOf, recordOf, textOf } from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import { readWebLogName, type WebLogFile } from '#models/domain/web_log'
import { inquire, type Answer } from '#monitoring/questions'

/** Five logs, each for a year and a day. */
const mostFiles = 4000

/** ALOG-01: the newest first. */
export function webLogFilesOf(domain: Domain): Promise<Answer<readonly WebLogFile[]>> {
  return inquire(domain.server, 'web_logs', { domain: domain.name }, (answer) =>
    listOf(recordOf(answer).files, mostFiles, fileOf).flat().toReversed()
  )
}

/** What has a name that we don't know isn't shown. */
function fileOf(value: unknown): WebLogFile[] {
  const { name, bytes, at } = recordOf(value)
  const text = textOf(name, 60)
  const read = readWebLogName(text)
  if (!read) return []
  const lastLine = new Date(integerOf(at, 2 ** 40) * 1000)
  return [{ ...read, name: text, bytes: integerOf(bytes), at: lastLine }]
}
