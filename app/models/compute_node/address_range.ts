/** Every IPv4 address from `first` to `last`, both included. */
export function addressRange(first: string, last: string): string[] {
  const [from, to] = [toNumber(first), toNumber(last)]
  if (to < from || to - from > 65_536)
    throw new RangeError(`${first} … ${last} is no range of a pool`)
  return Array.from({ length: to - from + 1 }, (_, index) => toAddress(from + index))
}

function toNumber(address: string) {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) {
    throw new RangeError(`${address} is no IPv4 address`)
  }
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

function toAddress(number: number) {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
}
