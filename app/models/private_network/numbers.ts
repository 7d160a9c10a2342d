/** Of a dotted quad. */
export function numberOfAddress(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

export function addressAt(first: string, offset: number): string {
  const number = numberOfAddress(first) + offset
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.')
}

/** Addresses of a network. */
export function sizeOf(cidr: string): number {
  return 2 ** (32 - Number(cidr.split('/')[1]))
}
