import {
  request as httpRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https'
import { ComputeError, type ComputeFault } from '#compute/errors'
import type { Node } from '#compute/machine'

export interface LxdRequest {
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON, or as it is when a Buffer. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Seconds without which an answer counts as missing. */
  readonly timeoutS?: number
}

export interface LxdAnswer {
  readonly metadata: unknown
  readonly etag: string | null
}

const answerLimit = 32 * 1024 * 1024
const defaultTimeoutS = 30

/**
 * The REST API of LXD and Incus, which are the same in all that is used here: over a unix socket, or
 * over HTTPS with a client certificate and the server's certificate pinned. Operations are waited for.
 */
export class LxdClient {
  readonly #node: Node
  readonly #agent: HttpAgent

  constructor(node: Node) {
    this.#node = node
    this.#agent = this.#overTls
      ? new HttpsAgent({ keepAlive: true, ...tlsOptions(node) })
      : new HttpAgent({ keepAlive: true })
  }

  get(path: string, request: LxdRequest = {}): Promise<LxdAnswer> {
    return this.#json('GET', path, request)
  }

  /** Null when there is no such thing. */
  async find(path: string, request: LxdRequest = {}): Promise<LxdAnswer | null> {
    return this.get(path, request).catch((error: unknown) => {
      if (error instanceof ComputeError && error.fault === 'missing') return null
      throw error
    })
  }

  /** Resolves when what was asked for is done, with the finished operation where there was one. */
  async change(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    request: LxdRequest = {}
  ): Promise<void> {
    const timeoutS = request.timeoutS ?? defaultTimeoutS
    const answer = await this.#send(method, path, request)
    const { type, operation } = parse(answer.body)
    if (type === 'async') await this.#wait(String(operation), timeoutS)
  }

  /** Content of a file in an instance; null when it isn't there. */
  async readFile(instance: string, path: string): Promise<string | null> {
    const target = `/1.0/instances/${instance}/files`
    const answer = await this.#send('GET', target, { query: { path } }).catch((error: unknown) => {
      if (error instanceof ComputeError && error.fault === 'missing') return null
      throw error
    })
    return answer && answer.body.toString('utf8')
  }

  /** A root-owned file. Root follows links: only for paths where nobody else can write. */
  async writeFile(instance: string, path: string, content: string, mode: string): Promise<void> {
    const facts = { uid: '0', gid: '0', mode, type: 'file', write: 'overwrite' }
    const headers = Object.entries(facts).flatMap(([name, value]) => [
      [`X-LXD-${name}`, value],
      [`X-Incus-${name}`, value],
    ])
    const request = {
      query: { path },
      body: Buffer.from(content),
      headers: Object.fromEntries(headers),
    }
    await this.#send('POST', `/1.0/instances/${instance}/files`, request)
  }

  async #wait(operation: string, timeoutS: number) {
    const query = { timeout: String(timeoutS) }
    const wait = { query, timeoutS: timeoutS + 5 }
    const { body } = await this.#send('GET', `${operation}/wait`, wait)
    const answer = parse(body)
    // Incus answers a failed operation with 200 and an error of its own
    if (answer.type === 'error') {
      throw new ComputeError(
        faultOf(Number(answer.error_code), String(answer.error)),
        String(answer.error)
      )
    }
    const { status_code: status, err } = record(answer.metadata)
    if (status === 200) return
    if (err) throw new ComputeError(faultOf(Number(status), String(err)), String(err))
    throw new ComputeError('timeout', `operation not finished after ${timeoutS} s`)
  }

  async #json(method: string, path: string, request: LxdRequest): Promise<LxdAnswer> {
    const { body, etag } = await this.#send(method, path, request)
    return { metadata: parse(body).metadata, etag }
  }

  get #overTls() {
    return this.#node.endpoint.startsWith('https://')
  }

  async #send(method: string, path: string, request: LxdRequest) {
    const query = new URLSearchParams({ project: this.#node.project, ...request.query })
    const content = Buffer.isBuffer(request.body)
      ? request.body
      : Buffer.from(JSON.stringify(request.body ?? null))
    const hasBody = request.body !== undefined
    const options: RequestOptions = {
      method,
      agent: this.#agent,
      path: `${path}?${query}`,
      headers: { ...request.headers, ...(hasBody ? { 'Content-Length': content.length } : {}) },
      ...(this.#overTls ? {} : { socketPath: this.#node.endpoint }),
    }
    const timeoutMs = (request.timeoutS ?? defaultTimeoutS) * 1000
    const send = this.#overTls ? sendOver(httpsRequest, this.#node.endpoint) : sendOver(httpRequest)
    const answer = await send(options, hasBody ? content : null, timeoutMs)
    if (answer.status >= 400) throw refusal(answer, `${method} ${path}`)
    return answer
  }
}

interface RawAnswer {
  readonly status: number
  readonly body: Buffer
  readonly etag: string | null
}

type Send = (options: RequestOptions, body: Buffer | null, timeoutMs: number) => Promise<RawAnswer>

/** The time-out is for the whole exchange: a peer that sends a byte now and then doesn't get round it. */
function sendOver(start: typeof httpRequest, base?: string): Send {
  return (options, body, timeoutMs) =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs)
      const all = { ...options, signal }
      const fail = (error: Error) => reject(transportError(error, signal.aborted))
      const request = base ? start(new URL(String(options.path), base), all) : start(all)
      request.on('error', fail)
      request.on('response', (response) => void collect(response).then(resolve, fail))
      request.end(body ?? undefined)
    })
}

async function collect(response: IncomingMessage): Promise<RawAnswer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > answerLimit)
      throw new ComputeError('garbled', `answer longer than ${answerLimit} bytes`)
    chunks.push(chunk)
  }
  return {
    status: response.statusCode ?? 0,
    body: Buffer.concat(chunks),
    etag: response.headers.etag ?? null,
  }
}

function transportError(error: Error, late: boolean): ComputeError {
  if (error instanceof ComputeError) return error
  return late
    ? new ComputeError('timeout', 'no answer in time', { cause: error })
    : new ComputeError('unreachable', error.message, { cause: error })
}

function refusal({ status, body }: RawAnswer, what: string): ComputeError {
  let reason = `status ${status}`
  try {
    reason = String(parse(body).error)
  } catch {
    // Not from the API itself; the status says enough.
  }
  return new ComputeError(faultOf(status, reason), `${what}: ${reason}`)
}

function faultOf(status: number, reason: string): ComputeFault {
  if (status === 404 || /not found/i.test(reason)) return 'missing'
  if (status === 412 || /busy|in use|locked|already running|another operation/i.test(reason))
    return 'busy'
  return 'refused'
}

/** The pinned certificate is the identity; the name in it is whatever the daemon was called when it was made. */
function tlsOptions(node: Node) {
  return {
    cert: node.clientCertificate ?? undefined,
    key: node.clientKey ?? undefined,
    ca: node.serverCertificate ?? undefined,
    checkServerIdentity: () => undefined,
  }
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    return record(JSON.parse(body.toString('utf8')))
  } catch (error) {
    throw new ComputeError('garbled', 'answer is not JSON', { cause: error })
  }
}

export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ComputeError('garbled', 'answer has another shape than expected')
  }
  return value as Record<string, unknown>
}
