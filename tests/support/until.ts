import { setTimeout as wait } from 'node:timers/promises'

/** Asks until the answer fits; rejects with the last answer after `seconds`. */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean, seconds = 30) {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)}`)
    await wait(100)
  }
}
