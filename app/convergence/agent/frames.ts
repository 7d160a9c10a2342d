/** A server answered something that no agent answers. It is an untrusted speaker: the connection ends. */
export class UntrustedReply extends Error {
  readonly code = 'E_UNTRUSTED_REPLY'
}

const maxFrame = 64 * 1024 * 1024
const headerLength = 10

export function frameOf(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message))
  return Buffer.concat([Buffer.from(`${body.length}\n`), body])
}

/** Takes bytes in any pieces, gives whole messages. Never holds more than one frame of at most `most` bytes. */
export class FrameReader {
  #parts: Buffer[] = []
  #have = 0
  /** Bytes of the body, once its header was read. */
  #size: number | undefined

  constructor(private readonly most = maxFrame) {}

  *push(part: Buffer): Generator<unknown> {
    this.#parts.push(part)
    this.#have += part.length
    while (this.#readHeader() && this.#have >= this.#size!) {
      const body = this.#take(this.#size!)
      this.#size = undefined
      yield parse(body)
    }
  }

  #readHeader(): boolean {
    if (this.#size !== undefined) return true
    const start = this.#join()
    const end = start.subarray(0, headerLength + 1).indexOf('\n')
    if (end < 0) {
      if (start.length > headerLength) throw new UntrustedReply('no frame')
      return false
    }
    const header = start.toString('latin1', 0, end)
    if (!/^\d+$/.test(header) || Number(header) > this.most) throw new UntrustedReply('no frame')
    this.#take(end + 1)
    this.#size = Number(header)
    return true
  }

  #join(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)]
    return this.#parts[0] ?? Buffer.alloc(0)
  }

  #take(length: number): Buffer {
    const all = this.#join()
    this.#parts = [all.subarray(length)]
    this.#have = all.length - length
    return all.subarray(0, length)
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new UntrustedReply('no JSON', { cause: error })
  }
}
