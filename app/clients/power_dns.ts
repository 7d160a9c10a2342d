/** One name and type with all its values, as PowerDNS keeps and answers it. */
export interface RecordSet {
  /** Whole, with a dot at the end. */
  readonly name: string
  readonly type: string
  readonly ttl: number
  /** In the one form that PowerDNS itself writes; another one is refused. */
  readonly contents: readonly string[]
}

/** `Master` is fed by the panel, `Slave` by another name server over AXFR (RFC 5936). */
export interface ZoneKind {
  readonly kind: 'Master' | 'Slave'
  /** Of a `Slave`: addresses that it is fetched from, `address` or `address:port`. */
  readonly masters: readonly string[]
}

export interface ServedZone extends ZoneKind {
  /** Of a `Slave`: when its primary last answered as it should, in seconds of the name server's clock; 0 for never. */
  readonly lastCheck: number
  readonly serial: number
  readonly dnssec: boolean
  readonly sets: readonly RecordSet[]
}

/** One line of the list of all zones. */
export interface ListedZone {
  /** Without a dot at the end. */
  readonly name: string
  readonly kind: string
  readonly serial: number
}

/** Of DNSSEC. The private key as BIND's tools and PowerDNS write it, some lines of text. */
export interface SigningKey {
  readonly type: string
  readonly privateKey: string
}

export type SetChange =
  | ({ readonly change: 'replace' } & RecordSet)
  | { readonly change: 'delete'; readonly name: string; readonly type: string }

/** `unreachable` passes by itself; what was `refused` is refused again until it is something else. */
export class PowerDnsFailure extends Error {
  constructor(
    readonly problem: 'unreachable' | 'refused',
    message: string,
    options?: ErrorOptions
  ) {
    super(message, options)
    this.name = 'PowerDnsFailure'
  }
}

export interface PowerDnsAccess {
  /** Without a path, such as `http://192.0.2.53:8081`. */
  readonly url: string
  readonly key: string
  /** Milliseconds for one question; 5,000 when absent. */
  readonly timeoutMs?: number
}

type Json = Readonly<Record<string, unknown>>

/** A name server through the HTTP API of PowerDNS Authoritative 4.7 and later. */
export class PowerDns {
  constructor(private readonly access: PowerDnsAccess) {}

  async version(): Promise<string> {
    const { version } = await this.#json('GET', '')
    return String(version ?? '')
  }

  /** All of them, without their records. */
  async zones(): Promise<ListedZone[]> {
    const listed = (await this.#json('GET', '/zones?dnssec=false')) as unknown as Json[]
    return listed.map(({ name, kind, serial }) => ({
      name: String(name).replace(/\.$/, ''),
      kind: String(kind),
      serial: Number(serial),
    }))
  }

  /** `name` without a dot at the end, here and below; null when it does not serve it. */
  async zone(name: string): Promise<ServedZone | null> {
    const found = await this.#ask('GET', zonePath(name))
    if (found.status === 404) return null
    return readZone(expectGood(found, name))
  }

  /** With DNSSEC it gets its key later, by `sign`. */
  async create(
    name: string,
    { kind, masters }: ZoneKind,
    sets: readonly RecordSet[] = [],
    serialBy: 'panel' | 'name server' = 'panel'
  ) {
    // An empty soa_edit_api leaves the serial to whoever writes the SOA
    const soa = { soa_edit_api: serialBy === 'panel' ? '' : 'DEFAULT' }
    const zone = { name: `${name}.`, kind, masters, nameservers: [], ...soa }
    await this.#json('POST', '/zones', { ...zone, rrsets: sets.map(written) })
  }

  /** Without its records, however many they are. */
  async outline(name: string): Promise<Omit<ServedZone, 'sets'> | null> {
    const found = await this.#ask('GET', `${zonePath(name)}?rrsets=false`)
    return found.status === 404 ? null : readOutline(expectGood(found, name))
  }

  async change(name: string, changes: readonly SetChange[]) {
    const rrsets = changes.map((each) =>
      each.change === 'replace'
        ? { ...written(each), changetype: 'REPLACE' }
        : { name: each.name, type: each.type, changetype: 'DELETE' }
    )
    await this.#done('PATCH', zonePath(name), { rrsets })
  }

  async setKind(name: string, { kind, masters }: ZoneKind) {
    await this.#done('PUT', zonePath(name), { kind, masters })
  }

  /** Keys that it has not are made on the name server; taking the signature off removes them. */
  async sign(name: string, dnssec: boolean) {
    // RFC 9276, 3.1: no extra iterations and no salt
    const denial = dnssec ? { nsec3param: '1 0 0 -', nsec3narrow: false } : {}
    await this.#done('PUT', zonePath(name), { dnssec, soa_edit_api: '', ...denial })
  }

  /** Private keys that it signs with, as another name server takes them. */
  async signingKeys(name: string): Promise<SigningKey[]> {
    const listed = (await this.#json('GET', keysPath(name))) as unknown as Json[]
    const active = listed.filter(({ active: isActive }) => isActive === true)
    return Promise.all(active.map(({ id }) => this.#signingKey(name, Number(id))))
  }

  async #signingKey(name: string, id: number): Promise<SigningKey> {
    const { keytype, privatekey } = await this.#json('GET', `${keysPath(name)}/${id}`)
    return { type: String(keytype), privateKey: String(privatekey) }
  }

  /** To be signed with what it was signed with before. */
  async addSigningKey(name: string, { type, privateKey: content }: SigningKey) {
    await this.#json('POST', keysPath(name), { keytype: type, active: true, content })
  }

  /** What the registrar must publish while the zone is signed (RFC 4034, 5): SHA-256 and SHA-384. */
  async delegationSigners(name: string): Promise<string[]> {
    const keys = (await this.#json('GET', keysPath(name))) as unknown as Json[]
    const active = keys.filter(({ active: isActive }) => isActive === true)
    const all = active.flatMap(({ ds }) => (Array.isArray(ds) ? ds.map(String) : []))
    // RFC 8624, 3.3: nobody is to publish SHA-1 any more
    return all.filter((signer) => signer.split(/ +/)[2] !== '1')
  }

  /** Nothing to do where it is gone already. */
  async remove(name: string) {
    const answer = await this.#ask('DELETE', zonePath(name))
    if (answer.status !== 404) expectGood(answer, name)
  }

  /** Fetches the zone anew from where it comes from, whatever its serial; it begins at once. */
  async retrieve(name: string) {
    await this.#done('PUT', `${zonePath(name)}/axfr-retrieve`)
  }

  async notify(name: string) {
    await this.#done('PUT', `${zonePath(name)}/notify`)
  }

  async #json(method: string, path: string, body?: Json): Promise<Json> {
    return expectGood(await this.#ask(method, path, body), path)
  }

  async #done(method: string, path: string, body?: Json) {
    expectGood(await this.#ask(method, path, body), path)
  }

  async #ask(method: string, path: string, body?: Json): Promise<Answer> {
    const { url, key, timeoutMs = 5000 } = this.access
    try {
      const response = await fetch(`${url}/api/v1/servers/localhost${path}`, {
        method,
        headers: { 'X-API-Key': key, 'Accept': 'application/json' },
        body: body && JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      return { status: response.status, body: parsed(await boundedText(response)) }
    } catch (error) {
      if (error instanceof PowerDnsFailure) throw error
      throw new PowerDnsFailure('unreachable', `${method} ${path}`, { cause: error })
    }
  }
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** A name server that is out of its mind is not read to the end. */
const mostBytes = 256 * 2 ** 20

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > mostBytes) throw new PowerDnsFailure('refused', 'the answer is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return { error: text.slice(0, 500) }
  }
}

/** A wrong key, a proxy's error and a daemon that starts pass by themselves: the zone is not to blame. */
function expectGood({ status, body }: Answer, about: string): Json {
  if (status >= 200 && status < 300) return body as Json
  const { error } = (body ?? {}) as { error?: unknown }
  const message = `${about}: ${status} ${String(error ?? '').slice(0, 500)}`
  const isAboutZone = [400, 404, 409, 413, 422].includes(status)
  throw new PowerDnsFailure(isAboutZone ? 'refused' : 'unreachable', message)
}

/** Characters that paths treat otherwise are written `=2F`, as in classless reverse zones (RFC 2317). */
function zonePath(name: string) {
  const id = `${name}.`.replace(
    /[^A-Za-z0-9.-]/g,
    (character) => `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  )
  return `/zones/${id}`
}

const keysPath = (name: string) => `${zonePath(name)}/cryptokeys`

function written({ name, type, ttl, contents }: RecordSet) {
  const records = contents.map((content) => ({ content, disabled: false }))
  return { name, type, ttl, records }
}

function readOutline({ kind, masters, serial, dnssec, last_check: lastCheck }: Json) {
  return {
    lastCheck: Number(lastCheck ?? 0),
    kind: kind === 'Slave' ? ('Slave' as const) : ('Master' as const),
    masters: Array.isArray(masters) ? masters.map(String) : [],
    serial: Number(serial),
    dnssec: dnssec === true,
  }
}

function readZone(answer: Json): ServedZone {
  return {
    ...readOutline(answer),
    sets: (answer.rrsets as RawSet[]).map(({ name, type, ttl, records }) => ({
      name,
      type,
      ttl,
      contents: records.map(({ content }) => content),
    })),
  }
}

interface RawSet {
  readonly name: string
  readonly type: string
  readonly ttl: number
  readonly records: readonly { readonly content: string }[]
}
