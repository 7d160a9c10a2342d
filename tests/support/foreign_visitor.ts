import { setTimeout as wait } from 'node:timers/promises'
import type { TestServer } from '#tests/support/test_server'

const pauseMs = 100

/** Somebody outside who asks for a page again and again, and notes each time that he does not get it. */
export class ForeignVisitor {
  readonly missed: string[] = []
  asked = 0
  #visiting = true
  readonly #visits: Promise<void>

  constructor(
    private readonly server: TestServer,
    private readonly host: string
  ) {
    this.#visits = this.#visit()
  }

  async leave() {
    this.#visiting = false
    await this.#visits
  }

  async #visit() {
    while (this.#visiting) {
      await Promise.all([this.#ask(), wait(pauseMs)])
    }
  }

  async #ask() {
    this.asked++
    try {
      const { status } = await this.server.http(this.host)
      if (status !== 200) this.missed.push(`status ${status}`)
    } catch (error) {
      this.missed.push(String(error))
    }
  }
}
