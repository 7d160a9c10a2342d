import type { AgentClient, AgentEvent } from '#convergence/agent/client'
import {
  integerOf,
  listOf,
  oneOf,
  optionalText,
  recordOf,
  textOf,
  wordsOf,
} from '#convergence/agent/shapes'
import type { Operation, WantedEntry } from '#convergence/resources/wire'
import type { Command, Probe } from '#convergence/service'

/** What lies where a resource is wanted. */
export interface Observed {
  readonly type: 'file' | 'directory' | 'symlink' | 'table' | 'database' | 'database_user' | 'other'
  readonly uid?: number
  readonly gid?: number
  readonly mode?: number
  /** SHA-256 of a file's content or a table's rows. */
  readonly digest?: string
  /** The beginning of a file that may be shown; of a table its keys, each with a mark of the value. */
  readonly text?: string
  readonly target?: string
}

/** By index of the entry asked for: what is there instead, null for nothing. Entries that are as wanted are missing. */
export type Differences = ReadonlyMap<number, Observed | null>

export interface CommandResult {
  readonly status: number
  readonly output: string
  readonly ms: number
}

export interface ApplyOrder {
  readonly run: number
  readonly operations: readonly Operation[]
  readonly starts: readonly string[]
  readonly stops: readonly string[]
  readonly activations: readonly Command[]
  readonly probes: readonly Probe[]
  /** Asked after a rollback: whether what was there before answers again. */
  readonly reprobes: readonly Probe[]
  /** Seconds until the server puts the change back by itself, unless confirmed. */
  readonly hold?: number
  /** Keep the lock even when this is put back, because another attempt follows. */
  readonly last: boolean
}

export interface ApplyFailure {
  readonly phase: string
  readonly message: string
  /** Of the activation or probe that failed. */
  readonly index?: number
  readonly code?: string
  readonly path?: string
  /** Every probe that failed. */
  readonly all: readonly { readonly index: number; readonly message: string }[]
}

export interface ApplyAnswer {
  readonly state: 'committed' | 'held' | 'rolled_back' | 'unchanged'
  /** Milliseconds by phase. */
  readonly ms: Readonly<Record<string, number>>
  readonly failed?: ApplyFailure
  /** What a rollback could not make right. */
  readonly notUndone?: string
  readonly notReactivated: readonly string[]
  readonly stillWrong: readonly string[]
}

export interface ServerFacts {
  readonly bootId: string
  /** Newest first. */
  readonly phpVersions: readonly string[]
  readonly os: string
  readonly osVersion: string
  readonly diskBytes: number
  readonly diskFreeBytes: number
}

const observedTypes = [
  ...(['file', 'directory', 'symlink', 'table'] as const),
  ...(['database', 'database_user', 'other'] as const),
] as const

export async function askFacts(agent: AgentClient): Promise<ServerFacts> {
  const facts = await agent.request('facts')
  return {
    bootId: textOf(facts.bootId, 64),
    phpVersions: listOf(facts.phpVersions, 20, (one) => textOf(one, 8)).filter((version) =>
      /^\d+\.\d+$/.test(version)
    ),
    os: textOf(facts.os, 32),
    osVersion: textOf(facts.osVersion, 32),
    diskBytes: integerOf(facts.diskBytes),
    diskFreeBytes: integerOf(facts.diskFreeBytes),
  }
}

export async function askObserve(
  agent: AgentClient,
  entries: readonly WantedEntry[]
): Promise<Differences> {
  const answer = await agent.request('observe', { entries })
  return differencesOf(answer.different, entries.length)
}

/** Takes the server's lock until `askApply` or `askEnd`; undoes what an interrupted apply left. */
export async function askBegin(
  agent: AgentClient,
  run: number,
  entries: readonly WantedEntry[],
  force: boolean
): Promise<{ recovered: readonly string[]; different: Differences }> {
  const answer = await agent.request('begin', { run, entries, force }, { silenceMs: 120_000 })
  return {
    recovered: listOf(answer.recovered, 1000, (name) => textOf(name, 64)),
    different: differencesOf(answer.different, entries.length),
  }
}

export async function askEnd(agent: AgentClient): Promise<void> {
  await agent.request('end')
}

export async function askCheck(
  agent: AgentClient,
  operations: readonly Operation[],
  commands: readonly Command[]
): Promise<CommandResult[]> {
  const silenceMs = longest(commands.map((command) => command.timeout ?? 30))
  const answer = await agent.request('check', { operations, commands }, { silenceMs })
  const results = listOf(answer.results, commands.length, commandResult)
  return results
}

export async function askApply(
  agent: AgentClient,
  order: ApplyOrder,
  onEvent?: (event: AgentEvent) => void
): Promise<ApplyAnswer> {
  const seconds = [
    ...order.activations.map((command) => command.timeout ?? 30),
    ...order.probes.map((probe) => probe.within ?? 10),
  ]
  const body = { ...order } as Record<string, unknown>
  return applyAnswer(await agent.request('apply', body, { silenceMs: longest(seconds), onEvent }))
}

export async function askConfirm(agent: AgentClient): Promise<ApplyAnswer> {
  return applyAnswer(await agent.request('confirm'))
}

export async function askRevert(agent: AgentClient, message: string): Promise<ApplyAnswer> {
  return applyAnswer(await agent.request('revert', { message }, { silenceMs: 180_000 }))
}

/** For good: homes of mailboxes and databases with all in them, and mount points that are empty. Answers the homes that stay. */
export async function askPrune(
  agent: AgentClient,
  trees: readonly (readonly [path: string, owner: string | number, group: string | number])[],
  paths: readonly string[],
  databases: readonly string[] = []
): Promise<readonly string[]> {
  const given = { trees, paths, databases }
  const answer = await agent.request('prune', given, { silenceMs: 300_000 })
  return listOf(answer.left, trees.length, (path) => textOf(path, 4096))
}

/** No single step takes longer than its own time-out; the agent tells every step. */
function longest(seconds: readonly number[]) {
  return 60_000 + 1000 * Math.max(0, ...seconds)
}

function commandResult(value: unknown): CommandResult {
  const { status, output } = recordOf(value)
  // Killed by a signal: Python answers the negative number of it.
  if (!Number.isInteger(status)) integerOf(status)
  return { status: status as number, output: wordsOf(output, 20_000), ms: 0 }
}

function differencesOf(value: unknown, entries: number): Differences {
  const pairs = listOf(value, entries, (pair) => {
    const [index, state] = pair as [unknown, unknown]
    return [integerOf(index, entries), state === null ? null : observedOf(state)] as const
  })
  return new Map(pairs)
}

function observedOf(value: unknown): Observed {
  const state = recordOf(value)
  return {
    type: oneOf(state.type, observedTypes),
    uid: optionalInteger(state.uid),
    gid: optionalInteger(state.gid),
    mode: optionalInteger(state.mode),
    digest: optionalText(state.digest, 64),
    text: state.text === undefined ? undefined : wordsOf(state.text, 65_536),
    target: optionalText(state.target, 4096),
  }
}

/** A question of a page; what is answered is nobody's yet: the caller checks its shape. `seconds`: at most 10. */
export async function askQuestion(
  agent: AgentClient,
  question: string,
  given: Readonly<Record<string, unknown>>,
  seconds: number
): Promise<unknown> {
  const silenceMs = seconds * 1000 + 500
  const { answer } = await agent.request('inquire', { question, given, seconds }, { silenceMs })
  return answer
}

function optionalInteger(value: unknown) {
  return value === undefined ? undefined : integerOf(value)
}

function applyAnswer(answer: Record<string, unknown>): ApplyAnswer {
  return {
    state: oneOf(answer.state, ['committed', 'held', 'rolled_back', 'unchanged']),
    ms: Object.fromEntries(
      Object.entries(recordOf(answer.ms)).map(([phase, ms]) => [phase.slice(0, 40), Number(ms)])
    ),
    failed: answer.failed === undefined ? undefined : failureOf(answer.failed),
    notUndone: answer.not_undone === undefined ? undefined : failureOf(answer.not_undone).message,
    notReactivated: texts(answer.not_reactivated),
    stillWrong: listOf(answer.still_wrong ?? [], 1000, (one) =>
      wordsOf(recordOf(one).message, 4000)
    ),
  }
}

function texts(value: unknown) {
  return listOf(value ?? [], 1000, (one) => wordsOf(one, 20_000))
}

function failureOf(value: unknown): ApplyFailure {
  const failed = recordOf(value)
  return {
    phase: textOf(failed.phase, 40),
    message: wordsOf(failed.message, 4000),
    index: optionalInteger(failed.index),
    code: optionalText(failed.code, 40),
    path: optionalText(failed.path, 4096),
    all: listOf(failed.all ?? [], 1000, (one) => {
      const { index, message } = recordOf(one)
      return { index: integerOf(index), message: wordsOf(message, 4000) }
    }),
  }
}
