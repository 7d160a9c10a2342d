import { Refusal } from '#exceptions/refusals'
import { isSame, keyOf, type ZoneLine } from '#models/zone/record'

export interface StoredLine extends ZoneLine {
  readonly id: number
}

/** Removed lines are those with an id; a line whose TTL changed is removed and added. */
export interface ZoneDiff {
  readonly removed: readonly StoredLine[]
  readonly added: readonly ZoneLine[]
}

type Line = ZoneLine & { readonly id?: number }

/** A zone's records while they are changed: nothing is written before all of it is known to be right. */
export class ZoneDraft {
  private lines: Line[]

  constructor(private readonly stored: readonly StoredLine[]) {
    this.lines = [...stored]
  }

  get records(): readonly ZoneLine[] {
    return this.lines
  }

  find(id: number): StoredLine | undefined {
    return this.lines.find((line) => line.id === id) as StoredLine | undefined
  }

  add(line: ZoneLine) {
    if (this.lines.some((each) => keyOf(each) === keyOf(line)))
      throw new Refusal('record_is_there_already', 'content')
    this.lines.push(line)
  }

  remove(id: number) {
    if (!this.find(id)) throw new Refusal('record_was_changed_meanwhile')
    this.lines = this.lines.filter((line) => line.id !== id)
  }

  replace(id: number, line: ZoneLine) {
    const old = this.find(id)
    if (!old) throw new Refusal('record_was_changed_meanwhile')
    if (isSame(old, line)) return
    this.remove(id)
    this.add(line)
  }

  /** In the place of another, or at the end; what it stands beside is looked at by who asked. */
  put(line: ZoneLine, id?: number): ZoneLine {
    const place = id === undefined ? -1 : this.lines.findIndex((each) => each.id === id)
    if (place === -1) this.lines.push(line)
    else if (isSame(this.lines[place], line)) return this.lines[place]
    else this.lines[place] = line
    return line
  }

  /** By name and type. Lines that were put keep theirs: if two of them differ, that is a mistake of who typed them. */
  alignTtls(ttls: ReadonlyMap<string, number>) {
    this.lines = this.lines.map((line) => {
      const ttl = ttls.get(`${line.name} ${line.type}`) ?? line.ttl
      if (line.id === undefined || line.ttl === ttl) return line
      const { name, type, content } = line
      return { name, type, ttl, content }
    })
  }

  /** All records of the zone at once; those that are there already stay what they are. */
  set(lines: readonly ZoneLine[]) {
    const byKey = new Map(this.stored.map((line) => [keyOf(line), line]))
    const wanted = new Map(lines.map((line) => [keyOf(line), line]))
    this.lines = [...wanted.entries()].map(([key, { name, type, ttl, content }]) => {
      const present = byKey.get(key)
      const line = { name, type, ttl, content }
      return present && isSame(present, line) ? present : line
    })
  }

  get diff(): ZoneDiff {
    const kept = new Set(this.lines.map(({ id }) => id))
    return {
      removed: this.stored.filter(({ id }) => !kept.has(id)),
      added: this.lines.filter(({ id }) => id === undefined),
    }
  }
}
