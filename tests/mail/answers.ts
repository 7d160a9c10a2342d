import { setTimeout as wait } from 'node:timers/promises'
import type { Answer } from '#monitoring/questions'

/** On a machine that is busy with other tests the first connection can take longer than a page waits. */
export async function answered<Value>(ask: () => Promise<Answer<Value>>): Promise<Value> {
  for (let tries = 0; tries < 15; tries++) {
    const { value, problem } = await ask()
    if (problem === undefined) return value
    if (problem === 'refused') throw new Error(problem)
    await wait(1000)
  }
  throw new Error('no answer')
}
