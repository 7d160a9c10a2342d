import db from '@adonisjs/lucid/services/db'
import type { Job } from '#jobs/job'
import { publishOnPrimary } from '#jobs/name_servers/primary_zone'
import { fetchOnSecondary } from '#jobs/name_servers/secondary_zone'
import { nameServers, type NameServers } from '#jobs/name_servers/servers'
import type { TaskRun } from '#jobs/task_run'
import { providerFor } from '#models/actor'
import BasicDns from '#models/basic_dns'
import Domain from '#models/domain'
import { lockName } from '#models/domain/name_claim'
import { makeBasicZone } from '#models/zone/of_domain'
import { allOwnedSets, apexSets, providerZones } from '#models/zone/provider_zones'
import { publishZone } from '#models/zone/publication'

/**
 * What the name servers have against what they should have, whatever happened to them: the provider's own zones record
 * by record, customers' zones by their serials. A zone of which nothing is known here is left alone.
 */
export default class CompareNameServers implements Job {
  static readonly kind = 'compare_name_servers'

  async handle(run: Pick<TaskRun, 'payload' | 'signal'>) {
    const servers = await nameServers()
    if (!servers) return
    for (const zone of providerZones) await this.#provider(zone, servers)
    const { zones } = (run.payload ?? {}) as { zones?: string }
    if (zones === 'provider') return
    await this.#missing(run.signal)
    await this.#customers(servers, run.signal)
  }

  /** Domains that were there before there were name servers. */
  async #missing(signal: AbortSignal) {
    for (const domain of await domainsWithoutZone()) {
      if (signal.aborted) return
      await db.transaction(async (client) => {
        await lockName(domain.name, client)
        const choice = await BasicDns.choiceOf(domain, client)
        const author = providerFor(domain.contractId, 'system')
        await makeBasicZone(domain, { choice, author }, client)
      })
    }
  }

  async #provider(name: string, { primary, secondary, addresses }: NameServers) {
    const there = await primary.zone(name)
    const wanted = [...apexSets(name, addresses), ...(await allOwnedSets(name))]
    if (!there) await primary.create(name, { kind: 'Master', masters: [] }, wanted, 'name server')
    else {
      // Its serial is the name server's business
      const soa = there.sets.filter(({ type }) => type === 'SOA')
      const sets = [...soa, ...wanted.filter(({ type }) => type !== 'SOA')]
      await publishOnPrimary(primary, { name, sets, dnssec: there.dnssec })
    }
    await fetchOnSecondary(secondary, { name, masters: [addresses.primary] })
  }

  async #customers({ primary, secondary }: NameServers, signal: AbortSignal) {
    const [first, second] = await Promise.all([primary.zones(), secondary.zones()])
    const serials = [first, second].map(
      (zones) => new Map(zones.map(({ name, serial }) => [name, serial]))
    )
    const rows = await db.from('zones').select('id', 'name', 'kind', 'serial', 'deleted_at')
    for (const row of rows) {
      if (signal.aborted) return
      const found = serials.map((each) => each.get(row.name))
      if (!isAsWished(row, found)) await db.transaction((client) => publishZone(row, client))
    }
  }
}

function domainsWithoutZone() {
  return Domain.query()
    .where('kind', 'own')
    .where('namePlace', 1)
    .whereNull('deletedAt')
    .whereNotIn('name', db.from('zones').select('name'))
    .whereNotIn('name', db.from('basic_dns_settings').where('pattern', 'C').select('name'))
    .orderBy('id')
}

interface Row {
  readonly id: number
  readonly kind: string
  readonly serial: number
  readonly deleted_at: string | null
}

function isAsWished({ kind, serial, deleted_at: deletedAt }: Row, found: (number | undefined)[]) {
  if (deletedAt) return false
  if (kind === 'secondary') return found[0] === undefined && found[1] !== undefined
  return found.every((each) => each === serial)
}
