import type { AgentClient } from '#convergence/agent/client'
import {
  bytesOf,
  integerOf,
  listOf,
  oneOf,
  recordOf,
  textOf,
  wordsOf,
} from '#convergence/agent/shapes'

/** What a run of rsync did, or would do. */
export interface Mirrored {
  readonly new: number
  readonly changed: number
  /** Only mode, times or the like. */
  readonly touched: number
  readonly deleted: number
  /** Of what is new or changed. */
  readonly bytes: number
  /** All that there is on the side that is copied from. */
  readonly files: number
  readonly size: number
  /** Room that it takes at most while it is under way. */
  readonly needed: number
  /** The first of them. */
  readonly names: readonly (readonly [kind: NameKind, name: string])[]
  readonly problems: readonly (readonly [why: ProblemKind, name: string])[]
  readonly problemCount: number
}

export const nameKinds = ['new', 'changed', 'deleted'] as const
export type NameKind = (typeof nameKinds)[number]
/** `large`: it seems larger than the domain's disk. */
export const problemKinds = ['full', 'unreadable', 'large', 'other'] as const
export type ProblemKind = (typeof problemKinds)[number]

/** `missing`: there is none; `blocked`: something else is in its way; `full`: no room for all of it. */
export const partStates = ['done', 'partial', 'failed', 'full', 'missing', 'blocked'] as const
export type PartState = (typeof partStates)[number]

export interface StoredPart extends Mirrored {
  readonly name: string
  readonly state: PartState
}

export interface RestoredPart extends Mirrored {
  /** Bytes in base64url: file names need not be text. */
  readonly path: string
  /** For people. */
  readonly shown: string
  readonly state: PartState
}

/** It tells at least every few seconds that it is alive; a large site takes its time. */
const options = { silenceMs: 5 * 60_000, longestMs: 1.5 * 3_600_000 }

type OnPercent = (percent: number) => void

/** BKP-01: the day's backup of one domain. `thorough`: content is compared too, not only size and time. `largest`: bytes of its disk. */
export async function askBackup(
  agent: AgentClient,
  order: { readonly domain: string; readonly thorough: boolean; readonly largest: number }
): Promise<readonly StoredPart[]> {
  const { parts } = await agent.request('back_up', { step: 'store', ...order }, options)
  return listOf(parts, 20, (value) => {
    const part = recordOf(value)
    const state = oneOf(part.state, partStates)
    return { name: textOf(part.name, 64), state, ...mirroredOf(part) }
  })
}

export interface RestoreOrder {
  readonly domain: string
  /** Paths below `backup/contents`, bytes in base64url. */
  readonly chosen: readonly string[]
  /** Whether what the backup doesn't have goes. */
  readonly deletes: boolean
  /** Bytes of a file that can be real: those of the domain's disk. */
  readonly largest: number
}

/** What `askRestore` would do. Nothing is written. */
export function askRestoreLook(agent: AgentClient, order: RestoreOrder, onPercent?: OnPercent) {
  return restore(agent, { step: 'look', ...order }, onPercent)
}

/** `planned`: how much there is to do, for the bar. */
export function askRestore(
  agent: AgentClient,
  order: RestoreOrder & { readonly planned: number },
  onPercent?: OnPercent
) {
  return restore(agent, { step: 'restore', ...order }, onPercent)
}

async function restore(
  agent: AgentClient,
  body: Record<string, unknown>,
  onPercent?: OnPercent
): Promise<readonly RestoredPart[]> {
  const { parts } = await agent.request('back_up', body, {
    ...options,
    onEvent: ({ done }) => done !== undefined && onPercent?.(Math.min(99, done)),
  })
  return listOf(parts, 100, (value) => {
    const part = recordOf(value)
    return {
      path: textOf(part.path, 8192),
      shown: wordsOf(part.shown, 300),
      state: oneOf(part.state, partStates),
      ...mirroredOf(part),
    }
  })
}

function mirroredOf(part: Record<string, unknown>): Mirrored {
  return {
    new: integerOf(part.new),
    changed: integerOf(part.changed),
    touched: integerOf(part.touched),
    deleted: integerOf(part.deleted),
    bytes: bytesOf(part.bytes),
    files: integerOf(part.files),
    size: bytesOf(part.size),
    needed: bytesOf(part.needed),
    names: listOf(part.names, 100, (pair) => namedOf(pair, nameKinds)),
    problems: listOf(part.problems, 20, (pair) => namedOf(pair, problemKinds)),
    problemCount: integerOf(part.problemCount),
  }
}

function namedOf<Kind extends string>(value: unknown, kinds: readonly Kind[]) {
  const [kind, name] = Array.isArray(value) ? (value as unknown[]) : []
  return [oneOf(kind, kinds), wordsOf(name, 300)] as const
}
