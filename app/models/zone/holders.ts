import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import { ancestorsOf, reverseName } from '#models/domain/domain_name'
import { isOthersNetwork } from '#models/zone/networks'
import { releasedAround } from '#models/zone/released_names'
import { approvedClaims, holdersAround, isForeign, type Holder } from '#models/domain/name_claim'

type Client = Pick<TransactionClientContract, 'from'>
type ZoneHolder = Pick<Holder, 'id' | 'name' | 'contract_id'> & { readonly source?: string }

/** Zones of all contracts that are the name, above it or below it. */
export function zonesAround(ascii: string, client: Client): Promise<ZoneHolder[]> {
  const below = reverseName(ascii)
  return client
    .from('zones')
    .whereNull('deleted_at')
    .where((around) =>
      around
        .whereIn('name', [ascii, ...ancestorsOf(ascii)])
        .orWhere((children) =>
          children
            .where('reversed_name', '>=', below)
            .where('reversed_name', '<', `${below.slice(0, -1)}/`)
        )
    )
    .select('id', 'name', 'contract_id', 'source')
}

/**
 * OPT-10: whoever answers for a name answers for all below it, so a name, its parents and its children
 * belong to one contract, be they zones or domains, unless a proof or staff said otherwise (DOM-01).
 */
export async function claimZone(
  ascii: string,
  contractId: number,
  client: TransactionClientContract
) {
  const domains = await holdersAround(ascii, client)
  const zones = await zonesAround(ascii, client)
  const own = zones.find(({ name, contract_id }) => name === ascii && contract_id === contractId)
  if (own?.source === 'domain') throw new Refusal('zone_is_of_your_domain', 'zone_name')
  if (own) throw new Refusal('zone_is_yours_already', 'zone_name')
  if (zones.some(({ name }) => name === ascii)) throw new Refusal('zone_is_taken', 'zone_name')
  const approved = await approvedClaims(ascii, client)
  const claim = approved.find((each) => each.contract_id === contractId)
  if (claim) return client.from('name_claims').where('id', claim.id).update({ state: 'used' })
  const released = await releasedAround(ascii, contractId, client)
  const isElsewhere = [domains, zones, released].some((holders) =>
    isHeld(ascii, holders, contractId)
  )
  if (isElsewhere || approved.length > 0) throw new Refusal('zone_belongs_to_another', 'zone_name')
  if (await isOthersNetwork(ascii, contractId, client))
    throw new Refusal('zone_is_of_others_network', 'zone_name')
}

function isHeld(ascii: string, holders: readonly ZoneHolder[], contractId: number) {
  const same = holders.find(({ name }) => name === ascii)
  if (same) return same.contract_id !== contractId
  return isForeign(ascii, holders as readonly Holder[], contractId)
}

/** DOM-01: a domain below somebody else's zone, or above it, is as foreign as one below his domain. */
export async function isForeignZone(ascii: string, contractId: number, client: Client) {
  const zones = await zonesAround(ascii, client)
  const released = await releasedAround(ascii, contractId, client)
  return [zones, released].some((holders) => isHeld(ascii, holders, contractId))
}
