import type { Readable, Writable } from 'node:stream'

/** A program running at the other end, with its standard streams. */
export interface Pipe {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves once, when the other end or the way to it is gone; never rejects. */
  readonly closed: Promise<Error | undefined>
  close(): void
}

/** A way to run one program as root on a machine. */
export interface Transport {
  /** The same for two transports to the same machine; connections are kept by it. */
  readonly key: string
  /** Rejects with `Unreachable` within 30 s. */
  open(argv: readonly string[]): Promise<Pipe>
}

/** The machine, or the way to it, does not answer. Trying again later is right. */
export class Unreachable extends Error {
  readonly code = 'E_UNREACHABLE'
}
