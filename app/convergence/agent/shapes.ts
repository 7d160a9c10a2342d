import { UntrustedReply } from '#convergence/agent/frames'

/*
 * Shapes of what a server answers. Servers are untrusted speakers: whatever doesn't fit ends the
 * apply, and every text is bounded.
 */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textOf(value: unknown, maxLength: number): string {
  if (typeof value !== 'string') throw new UntrustedReply('text expected')
  return value.slice(0, maxLength)
}

/** What a daemon said, for people: no terminal escapes or other control characters but line breaks and tabs. */
export function wordsOf(value: unknown, maxLength: number): string {
  return textOf(value, maxLength).replace(/(?![\n\t])\p{Cc}/gu, '\u{fffd}')
}

export function optionalText(value: unknown, maxLength: number): string | undefined {
  return value === undefined || value === null ? undefined : textOf(value, maxLength)
}

export function integerOf(value: unknown, below = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) >= below) {
    throw new UntrustedReply('integer expected')
  }
  return value as number
}

/**
 * Of customers' files: one with holes is as large as its owner says, and some of them together are larger than any number
 * that is exact here. None of that is a reason not to look at the rest.
 */
export function bytesOf(value: unknown): number {
  return integerOf(atMost(value, Number.MAX_SAFE_INTEGER - 1))
}

/** Of customers' files: seconds since 1970, which their owner sets as he likes. */
export function secondsOf(value: unknown): number {
  return integerOf(atMost(value, 2 ** 40))
}

const atMost = (value: unknown, most: number) =>
  typeof value === 'number' && value > most ? most : value

export function recordOf(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new UntrustedReply('object expected')
  return value
}

export function listOf<T>(value: unknown, maxLength: number, one: (item: unknown) => T): T[] {
  if (!Array.isArray(value) || value.length > maxLength) throw new UntrustedReply('list expected')
  return value.map(one)
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw new UntrustedReply(`one of ${allowed.join(', ')} expected`)
  return found
}
