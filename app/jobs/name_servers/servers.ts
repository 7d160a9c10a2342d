import { PowerDns, PowerDnsFailure } from '#clients/power_dns'
import NameServer from '#models/name_server'

/** Both name servers as the jobs speak with them. */
export interface NameServers {
  readonly primary: PowerDns
  readonly secondary: PowerDns
  readonly addresses: { readonly primary: string; readonly secondary: string }
}

/** Null where the provider has not set both up: zones are kept, and published when he has. */
export async function nameServers(): Promise<NameServers | null> {
  const { primary, secondary } = await NameServer.both()
  if (!primary || !secondary) return null
  return {
    primary: new PowerDns(primary.access),
    secondary: new PowerDns(secondary.access),
    addresses: { primary: primary.address, secondary: secondary.address },
  }
}

export function isUnreachable(error: unknown): error is PowerDnsFailure {
  return error instanceof PowerDnsFailure && error.problem === 'unreachable'
}
