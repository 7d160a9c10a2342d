import { setTimeout as wait } from 'node:timers/promises'
import type { TestServer } from '#tests/support/test_server'

interface Seen {
  /** When it was asked, and when the answer was there; performance.now(). */
  readonly at: number
  readonly answeredAt: number
  readonly status: number
  readonly body: string
}

/** People outside who ask for each of some paths every ten milliseconds, whether they have answers or not. */
export class HastyVisitors {
  readonly seen = new Map<string, Seen[]>()
  readonly failed: string[] = []
  #visiting = true
  readonly #open = new Set<Promise<void>>()
  readonly #asking: Promise<void>

  constructor(
    private readonly server: TestServer,
    private readonly host: string,
    private readonly paths: readonly string[],
    private readonly everyMs = 10
  ) {
    for (const path of paths) this.seen.set(path, [])
    this.#asking = this.#askAgainAndAgain()
  }

  async leave() {
    this.#visiting = false
    await this.#asking
    await Promise.all(this.#open)
  }

  /** What was answered, in the order of the questions, without repetitions. */
  told(path: string): string[] {
    const all = this.seen.get(path)!.toSorted((one, other) => one.at - other.at)
    const told = all.map(({ status, body }) => `${status} ${body.trim()}`)
    return told.filter((each, index) => each !== told[index - 1])
  }

  async #askAgainAndAgain() {
    while (this.#visiting) {
      for (const path of this.paths) this.#ask(path)
      await wait(this.everyMs)
    }
  }

  #ask(path: string) {
    // Those who wait are enough: on a busy machine more of them would only wait for each other.
    if (this.#open.size > 60) return
    const asking = this.#answered(path).finally(() => this.#open.delete(asking))
    this.#open.add(asking)
  }

  async #answered(path: string) {
    const at = performance.now()
    try {
      const { status, body } = await this.server.http(this.host, path)
      this.seen.get(path)!.push({ at, answeredAt: performance.now(), status, body })
    } catch (error) {
      this.failed.push(`${path}: ${String(error)}`)
    }
  }
}
