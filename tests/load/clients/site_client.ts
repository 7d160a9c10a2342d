import { request } from 'node:http'
import { connect } from 'node:net'

/** The status that a web server answers, or 0 for no answer. A connection of its own: kept ones stay with what was. */
export function siteStatus(address: string, host: string, path = '/', port = 80): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request({
      host: address,
      port,
      path,
      agent: false,
      timeout: 5000,
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

/** The first bytes that a server says by itself, or '' for nothing within two seconds. */
export function greeting(address: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const end = (text: string) => {
      socket.destroy()
      resolve(text)
    }
    socket.setTimeout(2000, () => end(''))
    socket.on('error', () => end(''))
    socket.on('data', (part) => end(part.toString('latin1')))
    socket.on('end', () => end(''))
  })
}
