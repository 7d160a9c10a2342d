import { chargeZones } from '#models/zone/charging'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import BasicDns from '#models/basic_dns'
import type Domain from '#models/domain'
import { lockName } from '#models/domain/name_claim'
import { operate } from '#models/operation'
import Server from '#models/server'
import type Zone from '#models/zone'
import type { ZoneSource } from '#models/zone'
import { changeLocked, lockZone } from '#models/zone/change'
import { makeBasicZone, zoneOfDomain } from '#models/zone/of_domain'

const usualTimes = { soaRefresh: 3600, soaRetry: 900, soaExpire: 1_209_600, soaMinimum: 900 }

/** DOM-04, OPT-10: the zone of a domain becomes the customer's to edit, beginning with the records it has. */
export function makeServiceZone(domain: Domain, actor: Actor) {
  return exchange(domain, 'domain_zones.store', actor, async (zone, client) => {
    if (zone.kind !== 'primary') throw new Refusal('zone_is_not_here')
    await changeLocked(zone, actor, { action: 'domain_zones.store' }, client, (_, now) => {
      now.source = 'service'
    })
  })
}

/** It is again what the domain's basic DNS says. What the customer wrote is left in its history. */
export function makeDomainZone(domain: Domain, actor: Actor) {
  return exchange(domain, 'domain_zones.destroy', actor, async (zone, client) => {
    // Whoever checks signatures would find none where the registrar promises them
    if (zone.dnssec) throw new Refusal('zone_is_signed')
    zone.merge({ source: 'domain', domainId: domain.id, defaultTtl: 3600, ...usualTimes })
    await zone.save()
    const choice = await BasicDns.choiceOf(domain, client)
    await makeBasicZone(domain, { choice, author: actor }, client)
  })
}

const sourceBefore: Readonly<Record<string, ZoneSource>> = {
  'domain_zones.store': 'domain',
  'domain_zones.destroy': 'service',
}

function exchange(
  domain: Domain,
  action: string,
  actor: Actor,
  work: (zone: Zone, client: TransactionClientContract) => Promise<void>
) {
  const operation = { action, target: domain.unicodeName, domainId: domain.id }
  return operate(actor, operation, async (client) => {
    await lockName(domain.name, client)
    const server = await Server.lock(domain.serverId, client)
    await server.refuseGone(domain, client)
    const found = await zoneOfDomain(domain).useTransaction(client).first()
    if (found?.source !== sourceBefore[action]) throw new Refusal('zone_is_not_here')
    await work(await lockZone(found, client), client)
    await chargeZones(domain.contractId, client)
  })
}
