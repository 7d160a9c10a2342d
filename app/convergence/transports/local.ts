import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Unreachable, type Pipe, type Transport } from '#convergence/transports/transport'

/** This machine itself, for tests: the agent works below a directory that it takes for the root. */
export class LocalTransport implements Transport {
  constructor(readonly key: string) {}

  async open([program, ...argv]: readonly string[]): Promise<Pipe> {
    const child = spawn(program, argv, { stdio: 'pipe' })
    const closed = new Promise<Error | undefined>((resolve) => {
      child.on('error', resolve)
      child.on('close', () => resolve(undefined))
    })
    child.stdin.on('error', () => {})
    try {
      await once(child, 'spawn')
    } catch (error) {
      throw new Unreachable(`${program} does not start`, { cause: error })
    }
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      closed,
      close: () => child.stdin.end(),
    }
  }
}
