import { randomBytes } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import type { CheckedName, NameProblem } from '#models/automatic_certificate'
import { Dns } from '#monitoring/dns'

/** Milliseconds for one request, as an authority would make it. */
const patience = 5000
const mostBytes = 512

interface Here {
  /** The server's, dotted quad. */
  readonly address: string | null
  /** What a right answer ends with; without it only DNS is asked. */
  readonly thumbprint?: string
}

/** Another way to ask the server itself; tests only. */
export const challengePort = { number: 80 }

/**
 * WEB-09: for each name alone whether an authority would find it here: it leads to this server only, and the front
 * answers what the authority asks for (RFC 8555, 8.3).
 */
export function checkNames(names: readonly string[], here: Here): Promise<CheckedName[]> {
  return Dns.within((dns) =>
    Promise.all(names.map(async (name) => ({ name, problem: await problemOf(name, here, dns) })))
  )
}

async function problemOf(name: string, here: Here, dns: Dns): Promise<NameProblem | null> {
  const inDns = await dnsProblemOf(name, here, dns)
  if (inDns || here.thumbprint === undefined || here.address === null) return inDns
  return (await answersFor(name, here.address, here.thumbprint)) ? null : 'no_answer'
}

async function dnsProblemOf(name: string, { address }: Here, dns: Dns) {
  try {
    const [found, long] = await Promise.all([dns.addresses(name), dns.longAddresses(name)])
    if (found.length === 0 && long.length === 0) return 'not_in_dns'
    // Authorities prefer it, and there is nobody here
    if (long.length > 0) return 'has_ipv6'
    return found.every((each) => each === address) ? null : 'points_elsewhere'
  } catch {
    return 'dns_is_silent'
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of response.setEncoding('utf8')) {
    body += chunk
    if (body.length > mostBytes) break
  }
  return body
}

/** Never rejects. Not by the name, which could lead the panel to any machine. */
function answersFor(name: string, address: string, thumbprint: string): Promise<boolean> {
  const token = randomBytes(16).toString('base64url')
  const path = `/.well-known/acme-challenge/${token}`
  return new Promise((resolve) => {
    const asked = request({
      ...{ host: address, port: challengePort.number, path, agent: false },
      headers: { Host: name },
      // Of all of it: a site that sends a byte now and then holds nobody up.
      signal: AbortSignal.timeout(patience),
    })
    asked.on('error', () => resolve(false))
    asked.on('response', (response) => {
      bodyOf(response)
        .then((body) => response.statusCode === 200 && body.trim() === `${token}.${thumbprint}`)
        // It may end in the middle: until the front answers, the site does
        .catch(() => false)
        .then(resolve)
        .finally(() => asked.destroy())
    })
    asked.end()
  })
}
