import { inflateSync } from 'node:zlib'
import { integerOf, listOf, oneOf, recordOf, textOf } from '#convergence/agent/shapes'
import { UntrustedReply } from '#convergence/agent/frames'
import type { Actor } from '#models/actor'
import type Domain from '#models/domain'
import OperationLog from '#models/operation_log'
import { inquire, type Answer } from '#monitoring/questions'

export interface AccessReport {
  /** When it was last brought up to date; null while there is none. */
  readonly at: Date | null
  /** Months that there is a page of, `202611`, the newest first. */
  readonly months: readonly string[]
  readonly run: ReportRun | null
}

export interface ReportRun {
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  /** Per cent of the log's bytes. */
  readonly progress: number
}

/** `index`, or `usage_202611`. */
export const reportPage = /^(?:index|usage_\d{6})$/

const mostMonths = 600
const mostPage = 4 << 20

/** ALOG-02. */
export function accessReportOf(domain: Domain): Promise<Answer<AccessReport>> {
  return inquire(domain.server, 'access_report', givenOf(domain), (answer) => {
    const { at, pages, run } = recordOf(answer)
    const names = listOf(pages, mostMonths, (name) => textOf(name, 20))
    const months = names.flatMap((name) => /^usage_(\d{6})$/.exec(name)?.[1] ?? [])
    return {
      at: at === null ? null : new Date(integerOf(at, 2 ** 40) * 1000),
      months: months.toSorted().toReversed(),
      run: run === null ? null : runOf(run),
    }
  })
}

/** HTML that was made of what visitors wrote: for a frame that may nothing. Null where there is no such page. */
export function reportPageOf(domain: Domain, page: string): Promise<Answer<string | null>> {
  const given = { ...givenOf(domain), page }
  return inquire(domain.server, 'access_report_page', given, (answer) => {
    const { html } = recordOf(answer)
    return html === null ? null : unpacked(textOf(html, 2 * 2 ** 20))
  })
}

/** Begun on the server, which goes on when nobody waits. */
export async function beginReport(domain: Domain, actor: Actor): Promise<Answer<true>> {
  const given = givenOf(domain)
  const answer = await inquire(domain.server, 'make_access_report', given, () => true as const)
  const succeeded = answer.problem === undefined
  const operation = { action: 'access_report.store', target: domain.unicodeName, succeeded }
  await OperationLog.record(actor, { ...operation, domainId: domain.id })
  return answer
}

const givenOf = ({ name, unixName }: Domain) => ({ domain: name, account: unixName })

function runOf(value: unknown): ReportRun {
  const { state, read, of } = recordOf(value)
  const [done, all] = [integerOf(read), integerOf(of)]
  return {
    state: oneOf(state, ['waiting', 'running', 'done', 'failed']),
    progress: all === 0 ? 0 : Math.min(100, Math.floor((done / all) * 100)),
  }
}

function unpacked(packed: string): string {
  try {
    const options = { maxOutputLength: mostPage }
    return inflateSync(Buffer.from(packed, 'base64'), options).toString('utf8')
  } catch (error) {
    throw new UntrustedReply('no page', { cause: error })
  }
}
