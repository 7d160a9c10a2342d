import { Agent, request, type IncomingMessage } from 'node:http'
import { BenchFailure } from '#tests/load/bench'

export interface Page {
  readonly status: number
  readonly location: string
  readonly body: string
  /** From the first byte sent to the last one received. */
  readonly ms: number
}

const timeoutMs = 30_000
/** A stream is silent while nothing new can be told. */
const silenceMs = 300_000
const formType = 'application/x-www-form-urlencoded'

/** A browser as far as the panel can tell: cookies, hidden fields, redirects that are not followed by themselves. */
export class PanelClient {
  readonly #agent: Agent
  readonly #cookies = new Map<string, string>()
  #token = ''

  constructor(
    private readonly origin: string,
    connections = 1
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  close() {
    this.#agent.destroy()
  }

  async signIn(login: string, password: string, area: '' | '/staff' = '') {
    await this.readToken(`${area}/sign_in`)
    const answer = await this.post(`${area}/sign_in`, { login, password })
    if (answer.status !== 302 || answer.location.endsWith('/sign_in')) {
      throw new BenchFailure(`${login} cannot sign in: ${answer.status} ${answer.location}`)
    }
    await this.readToken(area === '' ? '/password' : '/staff/servers')
  }

  /** The token of a page's form is sent with every form from then on. */
  private async readToken(path: string) {
    const { body, status } = await this.get(path)
    const field = body.match(/<input\b[^>]*\bname=["']_csrf["'][^>]*>/)?.[0]
    const token = field?.match(/\bvalue=["']([^"']+)["']/)?.[1]
    if (!token) throw new BenchFailure(`no form on ${path} (${status})`)
    this.#token = token
  }

  get(path: string): Promise<Page> {
    return this.#send('GET', path, null)
  }

  post(path: string, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#send(
      'POST',
      path,
      new URLSearchParams({ ...fields, _csrf: this.#token }).toString()
    )
  }

  /** Posts a form that changes something; answers the id of the apply that the panel sends people to. */
  async change(path: string, fields: Readonly<Record<string, string>> = {}): Promise<Change> {
    const { status, location, ms } = await this.post(path, fields)
    const applyId = new URL(location || '/', this.origin).searchParams.get('apply')
    if (status !== 302 || !applyId) {
      throw new BenchFailure(`POST ${path}: ${status} ${location}, no apply`)
    }
    const id = Number(new URL(location, this.origin).pathname.match(/\/(\d+)/)?.[1])
    return { applyId: Number(applyId), id, ms }
  }

  /** Sends a file as a browser does (RFC 7578). */
  upload(path: string, name: string, content: string): Promise<Page> {
    const mark = '----tsukasa-bench'
    const part = (field: string, text: string, more = '', type = '') =>
      `--${mark}\r\nContent-Disposition: form-data; name="${field}"${more}\r\n${type}\r\n${text}\r\n`
    const file = part('file', content, `; filename="${name}"`, 'Content-Type: text/csv\r\n')
    const body = `${part('_csrf', this.#token)}${file}--${mark}--\r\n`
    return this.#send('POST', path, body, `multipart/form-data; boundary=${mark}`)
  }

  /** Follows an apply's event stream to its end, as the page does. */
  applied(applyId: number, area: '' | '/staff' = ''): Promise<ApplyState> {
    return this.followed(`${area}/applies/${applyId}/events`)
  }

  /** The same for whatever tells its progress. */
  async followed(path: string): Promise<ApplyState> {
    const response = await this.#open('GET', path, null)
    let last: ApplyState | undefined
    let rest = ''
    response.setEncoding('utf8')
    for await (const part of response as AsyncIterable<string>) {
      const lines = (rest + part).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        if (line.startsWith('data:')) last = JSON.parse(line.slice(5)) as ApplyState
      }
      if (last?.finished) break
    }
    response.destroy()
    if (!last?.finished) throw new BenchFailure(`${path}: the stream ended before the apply`)
    return last
  }

  async #send(method: string, path: string, body: string | null, type = formType): Promise<Page> {
    const start = performance.now()
    const response = await this.#open(method, path, body, type)
    const chunks: Buffer[] = []
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
    return {
      status: response.statusCode ?? 0,
      location: response.headers.location ?? '',
      body: Buffer.concat(chunks).toString('utf8'),
      ms: performance.now() - start,
    }
  }

  #open(
    method: string,
    path: string,
    body: string | null,
    type = formType
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, this.origin), {
        method,
        agent: this.#agent,
        timeout: path.endsWith('/events') ? silenceMs : timeoutMs,
        headers: {
          accept: path.endsWith('/events') ? 'text/event-stream' : 'text/html',
          cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          referer: this.origin,
          ...(body === null ? {} : { 'content-type': type }),
        },
      })
      outgoing.on('error', reject)
      outgoing.on('timeout', () => outgoing.destroy(new BenchFailure(`${path}: no answer`)))
      outgoing.on('response', (response) => {
        this.#keepCookies(response)
        resolve(response)
      })
      outgoing.end(body ?? undefined)
    })
  }

  #keepCookies(response: IncomingMessage) {
    for (const line of response.headers['set-cookie'] ?? []) {
      const [pair] = line.split(';')
      const at = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }
}

export interface Change {
  readonly applyId: number
  /** The first number in the path that the panel sends people to. */
  readonly id: number
  /** Until the panel had answered the form. */
  readonly ms: number
}

export interface ApplyState {
  readonly state: string
  readonly message: string | null
  readonly finished: boolean
}
