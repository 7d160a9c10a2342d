/** How many files may be read into memory at once: 27 MB each, and some times that while they are checked. */
const most = { ofOne: 2, ofAll: 6 }

/** Of this process, whose memory it is. */
class UploadPlaces {
  readonly #taken = new Map<number, number>()

  /** What gives it back; null when there is none left. */
  take(accountId: number): (() => void) | null {
    const own = this.#taken.get(accountId) ?? 0
    const all = [...this.#taken.values()].reduce((sum, count) => sum + count, 0)
    if (own >= most.ofOne || all >= most.ofAll) return null
    this.#taken.set(accountId, own + 1)
    return () => this.#giveBack(accountId)
  }

  #giveBack(accountId: number) {
    const left = this.#taken.get(accountId)! - 1
    if (left === 0) this.#taken.delete(accountId)
    else this.#taken.set(accountId, left)
  }
}

export const uploadPlaces = new UploadPlaces()
