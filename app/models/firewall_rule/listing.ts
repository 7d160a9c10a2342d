import db from '@adonisjs/lucid/services/db'
import { guardedPorts, portsOfSsl, type GuardedPort } from '#config/networks'
import FirewallRule from '#models/firewall_rule'
import type Server from '#models/server'
import { hasCertificate } from '#models/server/network'

export interface FirewallPort {
  readonly port: GuardedPort
  /** `null`: it waits for SSL, and no list can be made for it. */
  readonly state: 'open' | 'limited' | 'closed' | null
  readonly count: number
}

/** NET-03: each port that may be open to some only, in two queries. */
export async function firewallPortsOf({ id }: Server): Promise<FirewallPort[]> {
  const rules = await FirewallRule.query().where('serverId', id)
  const byPort = new Map(rules.map((rule) => [rule.port, rule]))
  const isSecure = await db.transaction((client) => hasCertificate(id, client))
  return guardedPorts.map((port) => {
    const rule = byPort.get(port)
    if (!rule)
      return { port, state: isSecure || !portsOfSsl.includes(port) ? 'open' : null, count: 0 }
    return { port, state: rule.isClosed ? 'closed' : 'limited', count: rule.sourceList.length }
  })
}
