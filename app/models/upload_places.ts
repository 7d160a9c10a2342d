interface Most {
  readonly ofOne: number
  readonly ofAll: number
}

/** How many files may be taken from the network at once, by one account and by all. Of this process. */
class UploadPlaces {
  readonly #taken = new Map<number, number>()
  readonly #most: Most

  constructor(most: Most) {
    this.#most = most
  }

  /** What gives it back; null when there is none left. */
  take(accountId: number): (() => void) | null {
    const own = this.#taken.get(accountId) ?? 0
    const all = [...this.#taken.values()].reduce((sum, count) => sum + count, 0)
    if (own >= this.#most.ofOne || all >= this.#most.ofAll) return null
    this.#taken.set(accountId, own + 1)
    return () => this.#giveBack(accountId)
  }

  #giveBack(accountId: number) {
    const left = this.#taken.get(accountId)! - 1
    if (left === 0) this.#taken.delete(accountId)
    else this.#taken.set(accountId, left)
  }
}

/** Read into memory (USR-06): 27 MB each, and some times that while they are checked. */
export const uploadPlaces = new UploadPlaces({ ofOne: 2, ofAll: 6 })

/** Kept on the panel's disk (WEB-04): 1 GB each. */
export const dumpPlaces = new UploadPlaces({ ofOne: 1, ofAll: 4 })
