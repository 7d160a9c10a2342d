import { request as askPlain, type IncomingMessage } from 'node:http'
import { request as askSecure } from 'node:https'
import { isPublicAddress } from '#clients/public_addresses'
import env from '#start/env'

export type PublicFile =
  | { readonly state: 'read'; readonly text: string }
  | { readonly state: 'status'; readonly status: number }
  | { readonly state: 'no_address' | 'private_address' | 'redirect' | 'too_large' | 'no_answer' }

interface Question {
  readonly host: string
  readonly path: string
  /** What DNS said a moment ago: nothing is looked up again, so nothing else can be answered then. */
  readonly addresses: readonly string[]
  readonly isSecure: boolean
}

/** A token and the end of its line fit; nothing else is of interest. */
const mostBytes = 1024
const patienceMs = 4000

/**
 * A small file of a site that customers name: only from public addresses, only from there (redirects
 * are not followed), a bounded number of bytes within a bounded time. Never throws.
 */
export async function readPublicFile(question: Question): Promise<PublicFile> {
  const { addresses } = question
  if (addresses.length === 0) return { state: 'no_address' }
  if (!addresses.every(isAllowed)) return { state: 'private_address' }
  try {
    return await answerOf(await ask(question))
  } catch {
    return { state: 'no_answer' }
  }
}

const isAllowed = (address: string) =>
  env.get('OWNERSHIP_SITE_PORT') !== undefined || isPublicAddress(address)

function ask({ host, path, addresses, isSecure }: Question): Promise<IncomingMessage> {
  const options = {
    host: addresses[0],
    port: env.get('OWNERSHIP_SITE_PORT') ?? (isSecure ? 443 : 80),
    path,
    headers: { 'Host': host, 'User-Agent': 'tsukasa-owner-check', 'Accept': 'text/plain' },
    agent: false as const,
    maxHeaderSize: 8192,
    // Of all of it, also of a body that never ends
    signal: AbortSignal.timeout(patienceMs),
  }
  return new Promise((resolve, reject) => {
    const request = isSecure ? askSecure({ ...options, servername: host }) : askPlain(options)
    request.on('response', resolve).on('error', reject).end()
  })
}

async function answerOf(response: IncomingMessage): Promise<PublicFile> {
  const status = response.statusCode ?? 0
  try {
    if (status >= 300 && status < 400) return { state: 'redirect' }
    if (status !== 200) return { state: 'status', status }
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of response) {
      chunks.push(chunk)
      size += chunk.length
      if (size > mostBytes) return { state: 'too_large' }
    }
    return { state: 'read', text: Buffer.concat(chunks).toString('utf8') }
  } finally {
    response.destroy()
  }
}
