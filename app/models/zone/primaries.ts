import { isIP } from 'node:net'

export const addressProblems = ['none', 'no_address', 'not_public', 'too_many'] as const

const most = 4

/** Addresses in one spelling, one after the other however they were separated. */
export function readAddresses(typed: string): string[] {
  const words = typed.split(/[\s,、]+/).filter((each) => each !== '')
  return [...new Set(words.map((each) => (isIP(each) === 6 ? compressed(each) : each)))]
}

const compressed = (address: string) =>
  address.includes('%') ? address : new URL(`http://[${address}]/`).hostname.slice(1, -1)

interface AddressProblem {
  readonly key: (typeof addressProblems)[number]
  readonly data: Record<string, string | number>
}

/** The secondary fetches from these, so they must not lead into the provider's own networks. */
export function problemOfPrimaries(
  typed: string,
  isPublic: (address: string) => boolean
): AddressProblem | null {
  const addresses = readAddresses(typed)
  if (addresses.length === 0) return { key: 'none', data: {} }
  if (addresses.length > most) return { key: 'too_many', data: { most } }
  const wrong = addresses.find((each) => !isIP(each) || each.includes('%'))
  if (wrong !== undefined) return { key: 'no_address', data: { typed: wrong.slice(0, 60) } }
  const inner = addresses.find((each) => !isPublic(each))
  return inner === undefined ? null : { key: 'not_public', data: { typed: inner } }
}
