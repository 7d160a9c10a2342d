import { AgentClient, AgentRefusal } from '#convergence/agent/client'
import { askQuestion } from '#convergence/agent/requests'
import type { AgentSettings } from '#convergence/agent/program'
import { Unreachable, type Transport } from '#convergence/transports/transport'

/** Somebody waits for a page: with connecting and waiting for a turn, nothing takes longer than this. */
const longestMs = 3000
/** What begins with less time than this only makes others wait. */
const leastMs = 1000
/** At a time and server; each has a connection of its own, so no question waits behind an apply. */
const lanes = 2
const mostWaiting = 8
/** The longest answer of the agent, and what frames it. */
const mostBytes = 1.1 * 2 ** 20
/** Of one owner at a time, so that nobody takes the turns of the others; so many more of his may wait. */
const mostOfOwner = 6
/** So long nobody else waits for a server that could just not be connected to. */
const restMs = 5000
const idleMs = 5000

/** More ask this server at the same time than it should answer. */
export class TooManyQuestions extends Error {
  readonly code = 'E_TOO_MANY_QUESTIONS'
}

interface Asked {
  /** Connections that nobody uses at the moment. */
  readonly idle: AgentClient[]
  readonly open: Set<AgentClient>
  readonly turns: (() => void)[]
  /** How many of an owner are under way or wait, and the end of the last one. */
  readonly owners: Map<string, { count: number; last: Promise<unknown> }>
  busy: number
  silentUntil: number
  isClosed: boolean
}

const asked = new Map<string, Asked>()

/** Small questions to one server, on connections of their own that are opened when first needed. */
export class Questions {
  constructor(
    private readonly transport: Transport,
    private readonly settings?: AgentSettings
  ) {}

  /**
   * Rejects within three seconds: `Unreachable`, `TooManyQuestions`, `AgentRefusal` or `UntrustedReply`.
   * `owner`: whose question it is; his questions are asked one after the other.
   */
  async ask(
    question: string,
    given: Readonly<Record<string, unknown>>,
    owner = ''
  ): Promise<unknown> {
    const until = performance.now() + longestMs
    const state = stateOf(this.transport.key)
    if (performance.now() < state.silentUntil) throw new Unreachable('did not answer just now')
    return inOwnersTurn(state, owner, until, () => this.#inTurn(state, until, question, given))
  }

  async #inTurn(
    state: Asked,
    until: number,
    question: string,
    given: Readonly<Record<string, unknown>>
  ) {
    await turnOf(state, until)
    try {
      if (performance.now() + leastMs > until) throw new TooManyQuestions('no turn in time')
      return await this.#ask(state, until, question, given)
    } finally {
      passTurn(state)
    }
  }

  async #ask(
    state: Asked,
    until: number,
    question: string,
    given: Readonly<Record<string, unknown>>
  ) {
    const agent = (await keptOf(state)) ?? (await this.#connect(state, until))
    try {
      const seconds = Math.max(0.2, (until - performance.now()) / 1000 - 0.3)
      return await within(until, askQuestion(agent, question, given, seconds))
    } catch (error) {
      // Whoever speaks out of turn, or too late, is not asked again on the same line.
      if (!(error instanceof AgentRefusal)) agent.close()
      throw error
    } finally {
      if (agent.isOpen) state.idle.push(agent)
      else state.open.delete(agent)
    }
  }

  async #connect(state: Asked, until: number): Promise<AgentClient> {
    const connecting = AgentClient.connect(this.transport, this.settings, mostBytes)
    try {
      const agent = await within(until, connecting)
      state.open.add(agent)
      return agent
    } catch (error) {
      state.silentUntil = performance.now() + restMs
      // Whoever asks next finds it open.
      connecting.then((late) => keep(state, late)).catch(() => {})
      throw error
    }
  }
}

/** Before the process ends, or it would wait for them. */
export function closeQuestions(): void {
  for (const state of asked.values()) {
    state.isClosed = true
    for (const agent of state.open) agent.close()
  }
  asked.clear()
}

function stateOf(key: string): Asked {
  const state = asked.get(key) ?? {
    idle: [],
    open: new Set<AgentClient>(),
    turns: [],
    owners: new Map(),
    busy: 0,
    silentUntil: 0,
    isClosed: false,
  }
  asked.set(key, state)
  return state
}

/** A turn of the server is asked for when all that the owner asked before is over. */
async function inOwnersTurn<Result>(
  { owners }: Asked,
  owner: string,
  until: number,
  work: () => Promise<Result>
): Promise<Result> {
  const own = owners.get(owner) ?? { count: 0, last: Promise.resolve() }
  if (own.count > mostOfOwner) throw new TooManyQuestions('too many of one owner wait already')
  owners.set(owner, own)
  own.count++
  const before = own.last
  const done = (async () => {
    await before
    if (performance.now() + leastMs > until) throw new TooManyQuestions('no turn in time')
    return work()
  })()
  own.last = done.catch(() => {})
  try {
    return await done
  } finally {
    own.count--
    if (own.count === 0) owners.delete(owner)
  }
}

async function turnOf(state: Asked, until: number): Promise<void> {
  if (state.busy < lanes) {
    state.busy++
    return
  }
  if (state.turns.length >= mostWaiting) throw new TooManyQuestions('too many wait already')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  state.turns.push(resolve)
  const late = setTimeout(() => {
    state.turns.splice(state.turns.indexOf(resolve), 1)
    reject(new TooManyQuestions('no turn in time'))
  }, until - performance.now())
  await promise.finally(() => clearTimeout(late))
}

/** A connection that nobody waits for any more. */
function keep(state: Asked, agent: AgentClient) {
  const { idle, open, isClosed } = state
  if (isClosed || open.size >= lanes) return agent.close()
  open.add(agent)
  idle.push(agent)
}

/** A turn is handed on, so that nobody overtakes who waits. */
function passTurn(state: Asked) {
  const next = state.turns.shift()
  if (next) next()
  else state.busy--
}

/** One that answers; a connection that was idle may be dead without anybody having noticed. */
async function keptOf(state: Asked): Promise<AgentClient | undefined> {
  for (let agent = state.idle.pop(); agent; agent = state.idle.pop()) {
    if (await answers(agent)) return agent
    agent.close()
    state.open.delete(agent)
  }
  return undefined
}

async function answers(agent: AgentClient): Promise<boolean> {
  try {
    if (agent.isOpen && agent.idleMs > idleMs) await agent.request('ping', {}, { silenceMs: 700 })
    return agent.isOpen
  } catch {
    return false
  }
}

async function within<Result>(until: number, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = setTimeout(
    () => reject(new Unreachable('no answer in time')),
    Math.max(0, until - performance.now())
  )
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(late)
  }
}
