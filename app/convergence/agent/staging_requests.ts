import type { AgentClient } from '#convergence/agent/client'
import { bytesOf, integerOf, listOf, textOf } from '#convergence/agent/shapes'

export interface Copied {
  readonly files: number
  readonly bytes: number
  /** Unreadable for the domain's own account, or no file, link or directory. */
  readonly skipped: number
}

/** `change-12` or `generation-3`, below the domain's `conf/staging`. */
export type StagingPlace = `change-${number}` | `generation-${number}`

type OnPercent = (percent: number) => void

/** Copies tell how far they are; waiting for the disk at the end does not. */
const options = { silenceMs: 5 * 60_000, longestMs: 35 * 60_000 }

function ask(agent: AgentClient, body: Record<string, unknown>, onPercent?: OnPercent) {
  return agent.request('stage', body, {
    ...options,
    onEvent: ({ done }) => done !== undefined && onPercent?.(Math.min(99, done)),
  })
}

/** All of it or, when it rejects, nothing. `room`: bytes that are left of the volume, null where nobody knows. */
export async function askStagingCopy(
  agent: AgentClient,
  order: {
    readonly domain: string
    readonly from: 'public' | StagingPlace
    readonly into: StagingPlace
    readonly room: number | null
    /** False: names of one file become files of their own. */
    readonly links?: boolean
  },
  onPercent?: OnPercent
): Promise<Copied> {
  return copiedOf(await ask(agent, { step: 'copy', ...order }, onPercent))
}

/** Answers those of which something stays. */
export async function askStagingClear(
  agent: AgentClient,
  domain: string,
  places: readonly StagingPlace[],
  onPercent?: OnPercent
): Promise<readonly string[]> {
  const { left } = await ask(agent, { step: 'clear', domain, places }, onPercent)
  return listOf(left, places.length, (name) => textOf(name, 64))
}

/** Chosen names below `html.stage` into `html`; what they replace is kept at the place. */
export async function askStagingPublish(
  agent: AgentClient,
  order: {
    readonly domain: string
    readonly account: string
    readonly chosen: readonly string[]
    readonly into: StagingPlace
    readonly room: number | null
  },
  onPercent?: OnPercent
): Promise<Copied> {
  return copiedOf(await ask(agent, { step: 'publish', ...order }, onPercent))
}

export async function askStagingWithdraw(
  agent: AgentClient,
  order: { readonly domain: string; readonly account: string; readonly from: StagingPlace }
): Promise<void> {
  await ask(agent, { step: 'withdraw', ...order })
}

function copiedOf({ files, bytes, skipped }: Record<string, unknown>): Copied {
  return { files: integerOf(files), bytes: bytesOf(bytes), skipped: integerOf(skipped) }
}
