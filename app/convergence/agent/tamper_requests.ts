import type { AgentClient } from '#convergence/agent/client'
import { UntrustedReply } from '#convergence/agent/frames'
import {
  bytesOf,
  integerOf,
  listOf,
  oneOf,
  recordOf,
  secondsOf,
  textOf,
} from '#convergence/agent/shapes'
import type {
  DiffLine,
  Facts,
  Finding,
  FindingAspect,
  FindingKind,
  FindingState,
  NoDiffReason,
  TamperReport,
  WatchedDirectory,
} from '#models/tamper_look/report'

const directories: readonly WatchedDirectory[] = [
  ...(['html', 'html.stage', 'cgi-bin', 'cgi-bin.stage', 'cgi-data'] as const),
]
const states: readonly FindingState[] = ['added', 'removed', 'changed', 'unread']
const kinds: readonly FindingKind[] = ['file', 'directory', 'link', 'other', 'unknown']
const aspects: readonly FindingAspect[] = [
  ...(['kind', 'content', 'mode', 'target'] as const),
  ...(['forbidden', 'too_deep', 'too_many', 'no_time', 'busy'] as const),
]
const noDiff: readonly NoDiffReason[] = [
  ...(['binary', 'large', 'not_kept', 'too_different', 'enough'] as const),
]

/** What a server found below the five directories of a domain. */
export interface TamperAnswer {
  /** The look that it was compared with; null: with none. */
  readonly baseline: number | null
  readonly added: number
  readonly removed: number
  readonly changed: number
  readonly unread: number
  readonly files: number
  readonly bytes: number
  /** Whether what was found is kept, so that it can be compared with later. */
  readonly saved: boolean
  readonly report: TamperReport
}

/** The longest that files are read is 20 minutes; walking is bounded by their number. */
const options = { silenceMs: 5 * 60_000, longestMs: 35 * 60_000 }
const mostFindings = 500
/** Of the answer: names, facts and lines of differences. */
export const mostTamperBytes = 8 * 1024 * 1024

/**
 * WEB-07. `look`: asked twice with the same, it is done once; `settled`: the look whose findings are
 * right and are compared with, 0 for none.
 */
export async function askTamperLook(
  agent: AgentClient,
  order: { readonly domain: string; readonly look: number; readonly settled: number },
  onPercent?: (percent: number) => void
): Promise<TamperAnswer> {
  const answer = await agent.request('tamper', order, {
    ...options,
    onEvent: ({ done }) => done !== undefined && onPercent?.(Math.min(99, done)),
  })
  const { baseline, saved } = answer
  if (typeof saved !== 'boolean') throw new UntrustedReply('truth expected')
  return {
    baseline: baseline === null ? null : integerOf(baseline),
    ...countsOf(answer),
    saved,
    report: {
      findings: listOf(answer.findings, mostFindings, findingOf),
      unlisted: integerOf(answer.unlisted, 2 ** 31),
      moved: listOf(answer.moved, directories.length, (pair) => {
        const [from, to] = listOf(pair, 2, (each) => oneOf(each, directories))
        return [from, to] as const
      }),
    },
  }
}

function countsOf(answer: Record<string, unknown>) {
  const count = (value: unknown) => integerOf(value, 2 ** 31)
  return {
    added: count(answer.added),
    removed: count(answer.removed),
    changed: count(answer.changed),
    unread: count(answer.unread),
    files: count(answer.files),
    bytes: bytesOf(answer.bytes),
  }
}

function findingOf(value: unknown): Finding {
  const found = recordOf(value)
  return {
    directory: oneOf(found.directory, directories),
    name: lineOf(found.name, 300),
    state: oneOf(found.state, states),
    kind: oneOf(found.kind, kinds),
    aspects: listOf(found.aspects, aspects.length, (each) => oneOf(each, aspects)),
    before: found.before === null ? null : factsOf(found.before),
    after: found.after === null ? null : factsOf(found.after),
    diff: found.diff === null ? null : listOf(found.diff, 20_000, diffLineOf),
    noDiff: found.noDiff === null ? null : oneOf(found.noDiff, noDiff),
  }
}

function factsOf(value: unknown): Facts {
  const { bytes, mode, at, digest, target } = recordOf(value)
  return {
    bytes: bytesOf(bytes),
    mode: integerOf(mode, 0o10000),
    at: secondsOf(at),
    digest: digest === null ? null : lineOf(digest, 65),
    target: target === null ? null : lineOf(target, 300),
  }
}

function diffLineOf(value: unknown): DiffLine {
  const [sign, text] = listOf(value, 2, (each) => lineOf(each, 700))
  return [oneOf(sign, ['+', '-', ' ', '@'] as const), text]
}

/** It goes into mails: a single line, and nothing that acts on whoever reads it. */
function lineOf(value: unknown, maxLength: number) {
  return textOf(value, maxLength).replace(/(?!\t)[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u{fffd}')
}
