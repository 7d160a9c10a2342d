import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { providerFor, type Author } from '#models/actor'
import BasicDns from '#models/basic_dns'
import { basicLines, type BasicDnsChoice } from '#models/basic_dns/lines'
import Domain from '#models/domain'
import type Server from '#models/server'
import Zone, { type ZoneKind } from '#models/zone'
import { changeLocked, lockZone } from '#models/zone/change'
import { publishAbove } from '#models/zone/cuts'
import { publishNames, publishZone } from '#models/zone/publication'
import type { ZoneLine } from '#models/zone/record'

interface Wish {
  readonly choice: BasicDnsChoice
  readonly author: Author
  /** Of pattern B; those that are there stay when absent. */
  readonly primaries?: readonly string[]
  /** Of a domain that is about to go. */
  readonly withoutId?: number
}

interface Wanted {
  readonly kind: ZoneKind
  readonly lines: readonly ZoneLine[]
  readonly primaries: string | null
}

/**
 * DOM-04: the zone of a domain's name as its choice says, within the transaction of the change. A zone of the DNS
 * service with that name is the customer's own business and stays as it is; so does one that somebody else has. Answers
 * whether anything changed. The name is locked by who calls.
 */
export async function makeBasicZone(
  domain: Domain,
  wish: Wish,
  client: TransactionClientContract
): Promise<boolean> {
  const there = await Zone.query({ client }).where('name', domain.name).first()
  if (there && (there.source !== 'domain' || there.contractId !== domain.contractId)) return false
  if (domain.isReady || wish.choice.pattern === 'C') return letGo(there, client)
  const wanted = await wantedOf(domain, wish, there, client)
  if (!there) return make(domain, wanted, client)
  if (there.deletedAt) await revive(there, domain, client)
  const operation = { action: 'basic_dns.update' }
  const now = await lockZone(there, client)
  return changeLocked(now, wish.author, operation, client, (draft, zone) => {
    zone.merge({ kind: wanted.kind, primaries: wanted.primaries })
    draft.set(wanted.lines)
  })
}

/** DOM-02, DOM-03, DOM-04: a domain that was just made answers before anybody chose anything. */
export async function addDns(domain: Domain, author: Author, client: TransactionClientContract) {
  const choice = await BasicDns.choiceOf(domain, client)
  await makeBasicZone(domain, { choice, author }, client)
  await publishNames({ domain: { name: domain.name, testName: domain.testName } }, client)
}

/**
 * The domain goes for good, and what the provider's own zones say of it (DOM-05). Its zone goes with the last server
 * that has the name.
 */
export async function releaseDns(domain: Domain, client: TransactionClientContract) {
  const { name, testName, contractId } = domain
  const other = await Domain.query({ client })
    .where({ name, contractId })
    .whereNot('id', domain.id)
    .whereNull('deletedAt')
    .orderBy('namePlace')
    .first()
  if (other) await remake(other, domain.id, client)
  else await forget(name, contractId, client)
  await publishNames({ domain: { name, testName } }, client)
}

/** A server got its address: what its domains, and the provider's zones, say of it is made again. */
export async function refreshDnsOf(server: Server, client: TransactionClientContract) {
  const domains = await Domain.query({ client })
    .where('serverId', server.id)
    .whereNull('deletedAt')
    .orderBy('id')
  const author = providerFor(server.contractId, 'system')
  for (const domain of domains) await addDns(domain, author, client)
  await publishNames({ server: { hostname: server.hostname } }, client)
}

/** OPT-10: also one of the DNS service that the customer has of this name. */
export function zoneOfDomain({ name, contractId }: Pick<Domain, 'name' | 'contractId'>) {
  return Zone.query().where({ name, contractId }).whereNull('deletedAt')
}

async function remake(other: Domain, withoutId: number, client: TransactionClientContract) {
  const choice = await BasicDns.choiceOf(other, client)
  const author = providerFor(other.contractId, 'system')
  await makeBasicZone(other, { choice, author, withoutId }, client)
}

async function forget(name: string, contractId: number, client: TransactionClientContract) {
  await client.from('basic_dns_settings').where({ name, contract_id: contractId }).delete()
  const zone = await Zone.query({ client }).where({ name, contractId, source: 'domain' }).first()
  await letGo(zone, client)
}

async function letGo(zone: Zone | null, client: TransactionClientContract) {
  if (!zone || zone.deletedAt) return false
  await zone.release(client)
  return true
}

async function make(domain: Domain, wanted: Wanted, client: TransactionClientContract) {
  await Zone.make(
    domain.contractId,
    {
      name: { ascii: domain.name, unicode: domain.unicodeName },
      ...{ source: 'domain', domainId: domain.id, kind: wanted.kind, records: wanted.lines },
      primaries: wanted.primaries?.split('\n'),
    },
    client
  )
  return true
}

/** It was to go and had not gone yet. */
async function revive(zone: Zone, domain: Domain, client: TransactionClientContract) {
  zone.useTransaction(client)
  await zone.merge({ deletedAt: null, domainId: domain.id, publishedSerial: null }).save()
  await publishZone(zone, client)
  await publishAbove(zone.name, client)
}

async function wantedOf(
  domain: Domain,
  { choice, primaries, withoutId }: Wish,
  there: Zone | null,
  client: TransactionClientContract
): Promise<Wanted> {
  if (choice.pattern === 'B') {
    const kept = there?.primaries ?? null
    return { kind: 'secondary', lines: [], primaries: primaries?.join('\n') ?? kept }
  }
  const addresses = await addressesOf(domain, withoutId ?? 0, client)
  return { kind: 'primary', lines: basicLines(domain.name, choice, addresses), primaries: null }
}

/** Of all servers of the contract that have the name; the first one takes its mail. */
async function addressesOf(domain: Domain, withoutId: number, client: TransactionClientContract) {
  const rows = await client
    .from('domains')
    .join('servers', 'servers.id', 'domains.server_id')
    .where({ 'domains.name': domain.name, 'domains.contract_id': domain.contractId })
    .whereNot('domains.id', withoutId)
    .whereNull('domains.deleted_at')
    .whereNotNull('servers.address')
    .orderBy('domains.name_place')
    .select('servers.address')
  return rows.map(({ address }) => String(address))
}
