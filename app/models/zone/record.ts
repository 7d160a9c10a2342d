/** One record as it is kept: `name` relative to its zone (`@` is the zone itself), TTL in seconds. */
export interface ZoneLine {
  readonly name: string
  readonly type: string
  readonly ttl: number
  /** Presentation form, one spelling for one value. */
  readonly content: string
}

/** Two lines with the same key are the same record. */
export function keyOf({ name, type, content }: ZoneLine) {
  return `${name} ${type} ${content}`
}

export function isSame(one: ZoneLine, other: ZoneLine) {
  return keyOf(one) === keyOf(other) && one.ttl === other.ttl
}
