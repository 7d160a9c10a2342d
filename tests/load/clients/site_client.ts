import { request, type RequestOptions } from 'node:http'
import { connect } from 'node:net'

export interface SiteRequest {
  readonly path?: string
  readonly port?: number
  readonly timeoutMs?: number
}

/**
 * For asking again and again until a machine is there: an attempt that begins before the network is
 * up would wait for TCP to repeat itself, for seconds.
 */
export const impatientMs = 300

/** The status that a web server answers, or 0 for no answer. A connection of its own: kept ones stay with what was. */
export function siteStatus(
  address: string,
  host: string,
  { path = '/', port = 80, timeoutMs = 5000 }: SiteRequest = {}
): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request({
      host: address,
      port,
      path,
      agent: false,
      timeout: timeoutMs,
      headers: { host },
    })
    outgoing.on('error', () => resolve(0))
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', () => resolve(0))
    })
    outgoing.end()
  })
}

/** What a page says, or '' for no answer. */
export function siteBody(address: string, host: string, path: string, port = 80): Promise<string> {
  return talk({ host: address, port, path, headers: { host } }, '')
}

/** What a site answers to a form. */
export function postSite(
  address: string,
  host: string,
  path: string,
  fields: Readonly<Record<string, string>>
): Promise<string> {
  const headers = { host, 'Content-Type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams(fields).toString()
  return talk({ method: 'POST', host: address, path, headers }, body)
}

function talk(options: RequestOptions, body: string): Promise<string> {
  return new Promise((resolve) => {
    const outgoing = request({ ...options, agent: false, timeout: 30_000 })
    outgoing.on('error', () => resolve(''))
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('response', async (response) => {
      const parts: Buffer[] = await response.toArray().catch(() => [])
      resolve(Buffer.concat(parts).toString('utf8'))
    })
    outgoing.end(body)
  })
}

/** The first bytes that a server says by itself, or '' for nothing in time. */
export function greeting(address: string, port: number, timeoutMs = 2000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const end = (text: string) => {
      socket.destroy()
      resolve(text)
    }
    socket.setTimeout(timeoutMs, () => end(''))
    socket.on('error', () => end(''))
    socket.on('data', (part) => end(part.toString('latin1')))
    socket.on('end', () => end(''))
  })
}
