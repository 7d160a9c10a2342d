import { createConnection } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { ComputeError } from '#compute/errors'

const pauseMs = 100
/** Before the network of a machine is up a first packet is lost, and TCP repeats it only after a second. */
const connectTimeoutMs = 300
/** A machine that boots is slow to greet, though it has taken the connection. */
const greetingTimeoutMs = 2000

/** Resolves when an SSH server greets at that address; `withinMs` is for the whole wait. */
export async function waitForSsh(
  address: string,
  port: number,
  withinMs: number,
  signal: AbortSignal
): Promise<void> {
  const end = Date.now() + withinMs
  while (!(await greets(address, port))) {
    signal.throwIfAborted()
    if (Date.now() > end)
      throw new ComputeError('timeout', `no SSH server at ${address}:${port} after ${withinMs} ms`)
    await wait(pauseMs)
  }
}

/** Resolves when nobody greets there any more: a machine that was told to restart goes on for a while. */
export async function waitForSilence(
  address: string,
  port: number,
  withinMs: number,
  signal: AbortSignal
): Promise<void> {
  const end = Date.now() + withinMs
  while (await greets(address, port)) {
    signal.throwIfAborted()
    if (Date.now() > end)
      throw new ComputeError('timeout', `${address}:${port} still answers after ${withinMs} ms`)
    await wait(pauseMs)
  }
}

function greets(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: connectTimeoutMs })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => socket.setTimeout(greetingTimeoutMs))
    socket.once('data', (greeting: Buffer) =>
      end(greeting.toString('latin1').startsWith('SSH-2.0-'))
    )
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
    socket.once('close', () => end(false))
  })
}
