import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

type Answer = { readonly mx?: [number, string][]; readonly txt?: string[][]; readonly a?: string[] }

const types = { a: 1, mx: 15, txt: 16 } as const

/** What one name has; `'silent'`: no answer at all, `'refused'`: an answer that says so. */
export type Zone = Readonly<Record<string, Answer | 'silent' | 'refused'>>

/** A name server on loopback (RFC 1035), as far as one resolver asks it. */
export class FakeDns {
  /** `type name`, in the order in which they were asked. */
  readonly asked: string[] = []

  private constructor(
    private readonly socket: Socket,
    public zone: Zone
  ) {
    socket.on('message', (message, { port, address }) => {
      const answer = this.#answer(message)
      if (answer) socket.send(answer, port, address)
    })
  }

  static async start(zone: Zone = {}) {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new FakeDns(socket, zone)
  }

  get address() {
    return `127.0.0.1:${this.socket.address().port}`
  }

  stop() {
    this.socket.close()
  }

  #answer(question: Buffer): Buffer | null {
    const { name, type, end } = questionOf(question)
    this.asked.push(`${type} ${name}`)
    const found = this.zone[name]
    if (found === 'silent') return null
    const records = typeof found === 'object' ? recordsOf(found, type) : []
    const head = Buffer.alloc(12)
    question.copy(head, 0, 0, 2)
    const code = found === 'refused' ? 5 : found === undefined ? 3 : 0
    head.writeUInt16BE(0x8180 | code, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(records.length, 6)
    return Buffer.concat([head, question.subarray(12, end), ...records])
  }
}

function questionOf(message: Buffer) {
  const labels: string[] = []
  let at = 12
  while (message[at] > 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]))
    at += message[at] + 1
  }
  const number = message.readUInt16BE(at + 1)
  const type = Object.entries(types).find(([, each]) => each === number)?.[0] ?? String(number)
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 }
}

function recordsOf({ mx = [], txt = [], a = [] }: Answer, type: string): Buffer[] {
  if (type === 'mx') return mx.map(([rank, host]) => record('mx', [word(rank), encoded(host)]))
  if (type === 'txt') return txt.map((strings) => record('txt', strings.map(counted)))
  return type === 'a'
    ? a.map((address) => record('a', [Buffer.from(address.split('.').map(Number))]))
    : []
}

/** The name is the question's, by a pointer to it. */
function record(type: keyof typeof types, parts: readonly Buffer[]) {
  const data = Buffer.concat(parts)
  const ttl = Buffer.from([0, 0, 0, 60])
  return Buffer.concat([word(0xc00c), word(types[type]), word(1), ttl, word(data.length), data])
}

function word(value: number) {
  return Buffer.from([value >> 8, value & 255])
}

function counted(text: string) {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function encoded(name: string) {
  return Buffer.concat([...name.split('.').filter(Boolean).map(counted), Buffer.from([0])])
}
