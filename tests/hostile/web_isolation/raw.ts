import net from 'node:net'
import { marker, type Site } from '#tests/hostile/web_isolation/site'

interface Seen {
  readonly answer: string
  /** Requests with the marker that A's own web server saw. */
  readonly arrived: number
  readonly allowed: number
}

interface RawRequest {
  readonly name: string
  bytes(a: Site, b: Site): Promise<Seen>
}

/** Each hides a second request in the body of a first one; the marker tells how many arrived behind the front. */
const shapes: Readonly<Record<string, (host: string, inner: string) => string>> = {
  'both lengths': (host, inner) =>
    `POST /a.txt?MARK HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${inner.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
  'two lengths': (host, inner) =>
    `POST /a.txt?MARK HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
  'a length with a plus sign': (host, inner) =>
    `POST /a.txt?MARK HTTP/1.1\r\nHost: ${host}\r\nContent-Length: +${inner.length}\r\n\r\n${inner}`,
  'a folded header': (host, inner) =>
    `POST /a.txt?MARK HTTP/1.1\r\nHost: ${host}\r\nX: y\r\n Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
  'a coding with a tab': (host, inner) =>
    `POST /a.txt?MARK HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding:\tchunked\r\nContent-Length: ${inner.length + 5}\r\n\r\n0\r\n\r\n${inner}`,
  'an unknown coding': (host, inner) =>
    `POST /a.txt?MARK HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: xchunked\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
  'bare newlines': (host, inner) =>
    `POST /a.txt?MARK HTTP/1.1\nHost: ${host}\nContent-Length: ${inner.length}\n\n${inner}`,
  'a chunk extension with a newline': (host, inner) =>
    `POST /a.txt?MARK HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n2;x=\n${inner.slice(0, 2)}\r\n0\r\n\r\n${inner}`,
  'a line break in the path': (host, inner) =>
    `GET /a.txt%0d%0a%0d%0a${encodeURIComponent(inner)}?MARK HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  'a raw line break in the path': (host) =>
    `GET /a.txt\rX-Tsukasa-Wake:\td2?MARK HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
}

export const rawRequests: readonly RawRequest[] = Object.entries(shapes).map(([name, shape]) => ({
  name,
  async bytes(a, b) {
    const mark = marker()
    const inner = `GET /secret.txt?${mark} HTTP/1.1\r\nHost: ${b.domain.name}\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n`
    const answer = await send(a, shape(a.domain.name, inner).replace('MARK', mark))
    const log = await a.asOwner(['tail', '-n', '200', `${a.target.root}/log/access.log`])
    const arrived = log.split('\n').filter((line) => line.includes(mark)).length
    // What the front took for a second request it answered as one to the other's site: that is no crossing.
    return { answer: firstAnswer(answer), arrived, allowed: 1 }
  },
}))

/** B's own public page, asked for by name on the same connection, is his to show. */
function firstAnswer(text: string) {
  const second = text.indexOf('HTTP/1.1 ', 1)
  return second === -1 ? text : text.slice(0, second)
}

function send(site: Site, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    const socket = net.connect(80, site.reachAddress)
    socket.setTimeout(1500, () => socket.end())
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')))
    socket.write(bytes, 'latin1')
  })
}
