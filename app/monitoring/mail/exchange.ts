import type Domain from '#models/domain'
import type Server from '#models/server'
import { Dns } from '#monitoring/dns'

/**
 * Where a domain's MX leads: `nowhere` without one, or with the null MX (RFC 7505); `here` to the
 * server itself; `unknown` when DNS did not answer.
 */
export type Exchange = 'elsewhere' | 'nowhere' | 'here' | 'unknown'

/** Milliseconds that a form may wait. */
const patience = 2500

/** MAIL-10: asked when outMX is turned on, from which moment all mail follows the MX. Never fails. */
export async function exchangeOf(
  { name }: Pick<Domain, 'name'>,
  { hostname, address }: Pick<Server, 'hostname' | 'address'>
): Promise<Exchange> {
  try {
    return await Dns.within(async (dns) => {
      const exchanges = await dns.exchanges(name)
      const hosts = exchanges.filter((host) => host !== '')
      if (hosts.length === 0) return 'nowhere'
      if (hosts.includes(hostname)) return 'here'
      // The customer may have given the server a name of his own
      const found = await Promise.all(hosts.slice(0, 5).map((host) => dns.addresses(host)))
      return address !== null && found.flat().includes(address) ? 'here' : 'elsewhere'
    }, patience)
  } catch {
    return 'unknown'
  }
}
