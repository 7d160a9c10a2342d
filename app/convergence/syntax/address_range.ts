import { BlockList, isIPv6 } from 'node:net'
import type { AddressRange } from '#convergence/syntax/names'

export function familyOf(source: AddressRange): 4 | 6 {
  return isIPv6(source.split('/')[0]) ? 6 : 4
}

/** Without those that lie in another one, which a set does not take; all of one family. */
export function outermost(sources: readonly AddressRange[], family: 4 | 6): AddressRange[] {
  const all = [...new Set(sources)].map((source) => ({ source, ...partsOf(source, family) }))
  return all
    .filter(({ address, bits }) => {
      const wider = new BlockList()
      for (const each of all) {
        if (each.bits < bits) wider.addSubnet(each.address, each.bits, `ipv${family}`)
      }
      return !wider.check(address, `ipv${family}`)
    })
    .map(({ source }) => source)
}

function partsOf(source: AddressRange, family: 4 | 6) {
  const [address, length] = source.split('/')
  return { address, bits: length === undefined ? (family === 4 ? 32 : 128) : Number(length) }
}
