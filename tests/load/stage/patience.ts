import { setTimeout as wait } from 'node:timers/promises'
import { BenchFailure } from '#tests/load/bench'

export interface Patience {
  /** What is waited for, for the message when it does not come. */
  readonly what: string
  readonly withinMs: number
  readonly everyMs: number
  /** What is the case instead, asked for that message. */
  readonly instead?: () => string
}

/** Asks until the answer is neither null nor undefined. Every wait of the benches is bounded by this. */
export async function until<Answer>(
  { what, withinMs, everyMs, instead }: Patience,
  ask: () => Promise<Answer | null | undefined> | Answer | null | undefined
): Promise<Answer> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined) return answer
    if (performance.now() > deadline) {
      throw new BenchFailure(`${what}: not within ${withinMs} ms; ${instead?.() ?? 'no answer'}`)
    }
    await wait(everyMs)
  }
}
