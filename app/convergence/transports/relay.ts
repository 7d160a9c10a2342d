import type { Readable } from 'node:stream'
import { UntrustedReply } from '#convergence/agent/frames'
import { AgentRefusal } from '#convergence/agent/client'
import { agentCommand, agentPreamble, type SyncEnd } from '#convergence/agent/program'
import { bytesOf, integerOf, isRecord, listOf, textOf, wordsOf } from '#convergence/agent/shapes'
import { Unreachable, type Pipe, type Transport } from '#convergence/transports/transport'

export interface Received {
  /** Files below `html` as they are now. */
  readonly files: number
  readonly bytes: number
  /** Files whose content, or what of it differs, was sent. */
  readonly sent: number
  /** What was left out: no file, or unreadable for the domain's own account. */
  readonly skipped: number
  readonly leftOut: readonly string[]
  /** Bytes that the panel passed on, both ways. */
  readonly travelled: number
}

export interface RelayOptions {
  readonly signal: AbortSignal
  readonly onPercent: (percent: number) => void
}

const longestLine = 64 * 1024
const mostNames = 20
/** Of what a server says besides. */
const mostSaid = 4 * 1024 * 1024

/** The way to the server that sends broke; the other one is as well as it was. */
export class SourceLost extends Unreachable {}

/**
 * WEB-08: one server's files to another. Each end runs rsync in a view of its own (`agent/18_content_sync.py`); what one
 * writes the other reads, at the pace of the slower one. Resolves when the receiving end has all of it on its disk.
 */
export async function relay(
  from: { readonly transport: Transport; readonly domain: string },
  to: { readonly transport: Transport; readonly domain: string; readonly into: string },
  { signal, onPercent }: RelayOptions
): Promise<Received> {
  const receiver = await open(to.transport, { role: 'receive', domain: to.domain, into: to.into })
  let sender: Pipe | undefined
  try {
    sender = await open(from.transport, { role: 'send', domain: from.domain }).catch(lostSource)
    return await passOn(sender, receiver, { signal, onPercent })
  } finally {
    sender?.close()
    receiver.close()
  }
}

async function open(transport: Transport, sync: SyncEnd) {
  const pipe = await transport.open(agentCommand({ sync }))
  pipe.stdin.on('error', () => {})
  pipe.stdin.write(agentPreamble())
  return pipe
}

function lostSource(error: Error): never {
  throw new SourceLost(error.message, { cause: error })
}

async function passOn(sender: Pipe, receiver: Pipe, { signal, onPercent }: RelayOptions) {
  let travelled = 0
  for (const { stdout } of [sender, receiver]) {
    stdout.on('data', (part: Buffer) => (travelled += part.length))
  }
  sender.stdout.pipe(receiver.stdin)
  receiver.stdout.pipe(sender.stdin)
  const told = lastOf(receiver.stderr, onPercent)
  const sent = lastOf(sender.stderr, () => {}).then((end) =>
    isRecord(end.error) ? lostSource(new Error(said(end.error))) : told
  )
  // A sending end that is gone is noticed by the receiving one, which says more.
  const gone = receiver.closed.then(() => afterwards(told))
  const result = await Promise.race([told, gone, sent, aborted(signal)])
  return receivedOf(result, travelled)
}

/** What it said last may still be on its way. */
function afterwards(told: Promise<Record<string, unknown>>) {
  const late = AbortSignal.timeout(10_000)
  return Promise.race([told, aborted(late)]).catch(() => {
    throw new Unreachable('the way to the receiving server is cut')
  })
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = () => reject(new Unreachable('given up'))
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })
}

/** Lines of JSON: how far it is, until one says what became of it. Other lines are somebody else's words. */
function lastOf(stream: Readable, onPercent: (percent: number) => void) {
  return new Promise<Record<string, unknown>>((resolve, reject) => {
    let rest = ''
    let all = 0
    stream.on('data', (part: Buffer) => {
      all += part.length
      const lines = (rest + part.toString('utf8')).split('\n')
      rest = lines.pop()!
      if (rest.length > longestLine || all > mostSaid) reject(new UntrustedReply('too much said'))
      for (const line of lines) take(parsed(line))
    })
    function take(message: Record<string, unknown>) {
      if (typeof message.done === 'number') onPercent(Math.min(99, Math.max(0, message.done)))
      if (isRecord(message.result) || isRecord(message.error)) resolve(message)
    }
  })
}

function parsed(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

function receivedOf({ result, error }: Record<string, unknown>, travelled: number): Received {
  if (isRecord(error)) {
    if (error.code === 'E_SOURCE_LOST') lostSource(new Error(said(error)))
    throw new AgentRefusal(textOf(error.code, 40), said(error), {})
  }
  if (!isRecord(result)) throw new UntrustedReply('neither result nor error')
  return {
    files: integerOf(result.files),
    bytes: bytesOf(result.bytes),
    sent: integerOf(result.sent),
    skipped: integerOf(result.skipped),
    leftOut: listOf(result.leftOut, mostNames, (name) => wordsOf(name, 300)),
    travelled,
  }
}

const said = (error: Record<string, unknown>) => wordsOf(error.message, 4000)
