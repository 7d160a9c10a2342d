import { frameOf, FrameReader, UntrustedReply } from '#convergence/agent/frames'
import { agentCommand, agentPreamble, type AgentSettings } from '#convergence/agent/program'
import { isRecord, textOf, wordsOf } from '#convergence/agent/shapes'
import { Unreachable, type Pipe, type Transport } from '#convergence/transports/transport'

/** The agent could not do what it was asked; `code` is errno's name (`ENOSPC`) or one of its own (`E_BUSY`). */
export class AgentRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly detail: Readonly<Record<string, unknown>>
  ) {
    super(message)
  }
}

export interface AgentEvent {
  readonly phase: string
  readonly done?: number
}

interface RequestOptions {
  /** Silence after which the connection counts as dead; 60 s when absent. */
  readonly silenceMs?: number
  /** However much there is to tell; 15 minutes when absent. */
  readonly longestMs?: number
  readonly onEvent?: (event: AgentEvent) => void
}

interface Waiting extends RequestOptions {
  readonly id: number
  readonly since: number
  resolve(result: Record<string, unknown>): void
  reject(error: Error): void
}

const helloWithinMs = 60_000
const silenceMs = 60_000
/** However much a server has to tell: nothing usually takes longer than this. */
const usuallyLongestMs = 15 * 60_000
const keptErrors = 4000

/** One agent at the other end of one pipe. Requests are answered one after the other. */
export class AgentClient {
  #waiting: Waiting | undefined
  #timer: NodeJS.Timeout | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #nextId = 1
  #errors = ''
  #ended: Error | undefined
  #answeredAt = 0

  /** `mostBytes`: of one answer. */
  static async connect(
    transport: Transport,
    settings?: AgentSettings,
    mostBytes?: number
  ): Promise<AgentClient> {
    const pipe = await transport.open(agentCommand(settings))
    const client = new AgentClient(pipe, mostBytes)
    await client.#hello()
    return client
  }

  private constructor(
    private readonly pipe: Pipe,
    mostBytes?: number
  ) {
    const reader = new FrameReader(mostBytes)
    pipe.stdout.on('data', (part: Buffer) => this.#read(reader, part))
    pipe.stderr.on('data', (part: Buffer) => {
      this.#errors = (this.#errors + part.toString('utf8')).slice(-keptErrors)
    })
    void pipe.closed.then((error) => this.#end(this.#lost(error)))
  }

  get isOpen() {
    return this.#ended === undefined
  }

  /** Milliseconds since the last answer. */
  get idleMs() {
    return this.#waiting ? 0 : performance.now() - this.#answeredAt
  }

  /** The agent's answer to one request, in the order of the calls. */
  request(
    name: string,
    body: Record<string, unknown> = {},
    options: RequestOptions = {}
  ): Promise<Record<string, unknown>> {
    const sent = this.#queue.then(() => this.#send(name, body, options))
    this.#queue = sent.catch(() => {})
    return sent
  }

  close() {
    this.#end(new Unreachable('closed'))
  }

  #send(name: string, body: Record<string, unknown>, options: RequestOptions) {
    if (this.#ended) return Promise.reject(this.#ended)
    const id = this.#nextId++
    return new Promise<Record<string, unknown>>((resolve, reject) => {
      this.#expect({ id, since: performance.now(), resolve, reject, ...options })
      this.pipe.stdin.write(frameOf({ ...body, id, do: name }))
    })
  }

  #hello() {
    const hello = new Promise<Record<string, unknown>>((resolve, reject) => {
      this.#expect({ id: 0, since: performance.now(), resolve, reject, silenceMs: helloWithinMs })
    })
    this.pipe.stdin.write(agentPreamble())
    return hello
  }

  #expect(waiting: Waiting) {
    this.#waiting = waiting
    this.#touch()
  }

  #touch() {
    clearTimeout(this.#timer)
    const ms = this.#waiting?.silenceMs ?? silenceMs
    this.#timer = setTimeout(() => this.#end(new Unreachable(`no answer for ${ms / 1000} s`)), ms)
  }

  #read(reader: FrameReader, part: Buffer) {
    if (this.#ended) return
    try {
      for (const message of reader.push(part)) this.#take(message)
    } catch (error) {
      this.#end(error instanceof Error ? error : new UntrustedReply(String(error)))
    }
  }

  #take(message: unknown) {
    const waiting = this.#waiting
    if (!isRecord(message) || !waiting) throw new UntrustedReply('unexpected frame')
    if (message.hello === 'tsukasa-agent' && waiting.id === 0) return this.#settle().resolve({})
    if (message.id !== waiting.id) throw new UntrustedReply('answer to another request')
    if (isRecord(message.event)) {
      const { longestMs = usuallyLongestMs } = waiting
      if (performance.now() - waiting.since > longestMs) throw new UntrustedReply('no end')
      this.#touch()
      return waiting.onEvent?.({
        phase: textOf(message.event.phase, 40),
        done: typeof message.event.done === 'number' ? message.event.done : undefined,
      })
    }
    if (message.ok === true && isRecord(message.result))
      return this.#settle().resolve(message.result)
    this.#settle().reject(refusalOf(message.error))
  }

  #settle(): Waiting {
    clearTimeout(this.#timer)
    this.#answeredAt = performance.now()
    const waiting = this.#waiting!
    this.#waiting = undefined
    return waiting
  }

  #lost(error: Error | undefined) {
    const said = [error?.message, this.#errors.trim()].filter(Boolean).join('; ')
    return new Unreachable(`the pipe to the server is cut${said ? `: ${said}` : ''}`, {
      cause: error,
    })
  }

  #end(error: Error) {
    if (this.#ended) return
    this.#ended = error
    if (this.#waiting) this.#settle().reject(error)
    this.pipe.close()
  }
}

function refusalOf(error: unknown): Error {
  if (!isRecord(error)) return new UntrustedReply('neither result nor error')
  const { code, message, ...detail } = error
  return new AgentRefusal(textOf(code, 40), wordsOf(message, 4000), detail)
}
