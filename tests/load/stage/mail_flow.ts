import { randomBytes } from 'node:crypto'
import { BenchFailure } from '#tests/load/bench'
import { SmtpClient } from '#tests/load/clients/smtp_client'
import { transportTo } from '#tests/load/floors/pipe_noop'
import type { ManagedServer } from '#tests/load/stage/managed_server'

export interface Flow {
  /** From the first connection until the last message was in its mailbox. */
  readonly ms: number
  /** Of each message, from MAIL until it was taken. */
  readonly acceptedMs: readonly number[]
  readonly arrived: number
  /** Those that spamd did not look at. */
  readonly unscored: number
}

export interface Delivery {
  readonly recipients: readonly string[]
  readonly messages: number
  readonly connections: number
  /** Of each message. */
  readonly bytes: number
}

/**
 * Runs on the server: waits until that many messages of one flow are in mailboxes, and says what they
 * are like. Mailboxes are looked into only, so what Dovecot says is not part of the time.
 */
const watcher = `
import json, os, sys, time
token, wanted, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
places = json.loads(sys.stdin.readline())
mark, seen, found, unscored = f"X-Bench: {token}".encode(), set(), 0, 0
until = time.monotonic() + seconds
print("watching", flush=True)
while found < wanted and time.monotonic() < until:
    for place in places:
        for entry in os.scandir(place) if os.path.isdir(place) else ():
            if entry.name in seen:
                continue
            seen.add(entry.name)
            with open(entry.path, "rb") as file:
                head = file.read(4096)
            if mark in head:
                found += 1
                unscored += b"X-Spam-Score:" not in head
    time.sleep(0.02)
time.sleep(0.2)
print(json.dumps([found, unscored]), flush=True)
`

/** Sends messages, all different, and waits until each is in a mailbox. */
export async function flow(server: ManagedServer, delivery: Delivery): Promise<Flow> {
  const token = randomBytes(8).toString('hex')
  const watching = await watch(server, token, delivery)
  const start = performance.now()
  const acceptedMs = await sendAll(server.address, token, delivery)
  const [arrived, unscored] = await watching.result
  return { ms: performance.now() - start, acceptedMs, arrived, unscored }
}

export interface Post {
  /** A mailing list that takes posts of everybody. */
  readonly list: string
  /** Its members, all of them on the server. */
  readonly members: readonly string[]
  readonly bytes: number
}

/** Sends one message to a list and waits until each member has it. */
export async function post(server: ManagedServer, { list, members, bytes }: Post): Promise<Flow> {
  const token = randomBytes(8).toString('hex')
  const wanted = { recipients: members, messages: members.length, connections: 1, bytes }
  const watching = await watch(server, token, wanted)
  const start = performance.now()
  const acceptedMs = await sendAll(server.address, token, {
    ...wanted,
    recipients: [list],
    messages: 1,
  })
  const [arrived, unscored] = await watching.result
  return { ms: performance.now() - start, acceptedMs, arrived, unscored }
}

async function watch(server: ManagedServer, token: string, delivery: Delivery) {
  const transport = await transportTo(server)
  const seconds = '1200'
  const argv = ['python3', '-c', watcher, token, String(delivery.messages), seconds]
  const pipe = await transport.open(argv)
  pipe.stdin.write(`${JSON.stringify(delivery.recipients.map(placeOf))}\n`)
  const lines = pipe.stdout[Symbol.asyncIterator]()
  await lines.next()
  const result = (async () => {
    const { value } = await lines.next()
    pipe.close()
    return JSON.parse(String(value)) as [number, number]
  })()
  return { result }
}

/** Where new mail of a mailbox lies. */
function placeOf(address: string) {
  const [local, domain] = address.split('@')
  return `/data/domain/${domain}/home/${local}/Maildir/new`
}

async function sendAll(address: string, token: string, delivery: Delivery): Promise<number[]> {
  const samples: number[] = []
  let next = 0
  const connection = async () => {
    const client = await SmtpClient.connect(address)
    try {
      for (let number = next++; number < delivery.messages; number = next++) {
        const to = delivery.recipients[number % delivery.recipients.length]
        const began = performance.now()
        await client.send(sender, to, messageOf(token, number, delivery.bytes))
        samples.push(performance.now() - began)
      }
    } finally {
      client.close()
    }
  }
  await Promise.all(Array.from({ length: delivery.connections }, connection))
  if (samples.length !== delivery.messages) throw new BenchFailure(`${samples.length} were taken`)
  return samples
}

const sender = 'newsletter@elsewhere.example.com'

function messageOf(token: string, number: number, bytes: number): string {
  const head = [
    `From: <${sender}>`,
    `Subject: Message ${number}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${number}.${token}@elsewhere.example.com>`,
    `X-Bench: ${token}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    '',
  ].join('\n')
  const lines = Array.from({ length: Math.ceil(bytes / 72) }, () => lineOf(randomBytes(16)))
  return `${head}\n${lines.join('\n').slice(0, bytes)}`
}

/** What people write is not random letters, and costs a spam filter less. */
const words =
  'the of and to in is you that it he was for on are as with his they at be this have from or'
    .concat(' one had by word but not what all were we when your can said there use an each which')
    .split(' ')

function lineOf(random: Uint8Array): string {
  return Array.from(random, (byte) => words[byte % words.length])
    .join(' ')
    .slice(0, 70)
}
