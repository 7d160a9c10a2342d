import { createHash } from 'node:crypto'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { getDomain } from 'tldts'
import { Refusal } from '#exceptions/refusals'
import { ancestorsOf, reverseName } from '#models/domain/domain_name'
import { isForeignZone } from '#models/zone/holders'
import { sqlTime } from '#models/task/clock'

/**
 * Whoever looks whether a name is free waits for whoever else does that in the same family: a name and
 * its parent, added in the same moment on two servers, would not see each other. To be called first,
 * because MariaDB sees what was committed before its first look. Families share 256 locks.
 */
export async function lockName(ascii: string, client: TransactionClientContract) {
  const family = getDomain(ascii) ?? ascii
  const id = createHash('sha256').update(family).digest().readUInt8(0)
  await client.knexQuery().insert({ id }).into('name_locks').onConflict('id').merge()
}

/**
 * Mail between two domains of a server never leaves it, so a false owner of a name would receive
 * other people's mail: a name, its parents and its children belong to one contract, unless staff or a
 * proof of ownership said otherwise (DOM-01). That contract may have its own name on several of its
 * servers (DNS round robin, load balancer), once on each; a ready domain is on one server (DOM-02).
 * Answers the name's place among them.
 */
export async function claimName(
  { ascii, kind }: { readonly ascii: string; readonly kind: 'own' | 'ready' },
  { id: serverId, contractId }: { readonly id: number; readonly contractId: number },
  client: TransactionClientContract
): Promise<number> {
  const holders = await holdersAround(ascii, client)
  const approved = await approvedClaims(ascii, client)
  const claim = approved.find((each) => each.contract_id === contractId)
  const same = holders.filter(({ name }) => name === ascii)
  const inTheWay = same.find(
    (each) => kind === 'ready' || each.contract_id !== contractId || each.server_id === serverId
  )
  if (inTheWay) throw heldBy(inTheWay, contractId, claim !== undefined)
  // Nobody else snatches what was given to somebody and is not added yet
  if (!claim && approved.length > 0) throw new Refusal('name_is_taken', 'name')
  if (!claim && same.length === 0 && isForeign(ascii, holders, contractId))
    throw new Refusal('name_belongs_to_another_family', 'name')
  if (!claim && (await isForeignZone(ascii, contractId, client)))
    throw new Refusal('name_belongs_to_another_family', 'name')
  if (claim) await client.from('name_claims').where('id', claim.id).update({ state: 'used' })
  return freePlace(same)
}

/** The first one that nobody has; somebody who looked in the same moment takes the same, and the index refuses him. */
function freePlace(same: readonly Holder[]) {
  const taken = new Set(same.map(({ name_place: place }) => place))
  let place = 1
  while (taken.has(place)) place++
  return place
}

export interface Holder {
  readonly id: number
  readonly name: string
  readonly deleted_at: string | null
  readonly contract_id: number
  readonly server_id: number
  readonly name_place: number
  /** Of its waiting deletion (DOM-05), during which the name stays with its contract. */
  readonly deletion_id: number | null
}

function heldBy(same: Holder, contractId: number, isApproved: boolean): Refusal {
  if (same.contract_id !== contractId) {
    if (isApproved) return new Refusal('name_is_being_handed_over', 'name')
    return new Refusal('name_is_taken', 'name')
  }
  if (same.deleted_at) return new Refusal('name_is_being_deleted', 'name')
  if (same.deletion_id) return new Refusal('name_waits_for_deletion', 'name')
  return new Refusal('name_is_yours_already', 'name')
}

/** Of the names above, the nearest one that somebody has decides. */
export function isForeign(ascii: string, holders: readonly Holder[], contractId: number) {
  const above = ancestorsOf(ascii)
    .map((ancestor) => holders.find(({ name }) => name === ancestor))
    .find((holder) => holder !== undefined)
  const others = holders.filter((each) => each.contract_id !== contractId)
  return others.some(({ name }) => name.endsWith(`.${ascii}`)) || others.includes(above!)
}

/** Of all contracts: who has the name, one above it or one below it. */
export function holdersAround(
  ascii: string,
  client: Pick<TransactionClientContract, 'from'>
): Promise<Holder[]> {
  const below = reverseName(ascii)
  return client
    .from('domains')
    .leftJoin('domain_deletions', 'domain_deletions.domain_id', 'domains.id')
    .select('domains.id', 'domains.name', 'domains.deleted_at', 'domains.contract_id')
    .select('domains.server_id', 'domains.name_place')
    .select('domain_deletions.id as deletion_id')
    .where((around) =>
      around
        .whereIn('domains.name', [ascii, ...ancestorsOf(ascii)])
        // '/' follows '.' in ASCII: the range holds exactly what is below the name
        .orWhere((children) =>
          children
            .where('domains.reversed_name', '>=', below)
            .where('domains.reversed_name', '<', `${below.slice(0, -1)}/`)
        )
    )
}

/** Of any contract, not added yet. */
export function approvedClaims(
  ascii: string,
  client: TransactionClientContract
): Promise<{ id: number; contract_id: number }[]> {
  return client
    .from('name_claims')
    .where({ name: ascii, state: 'approved' })
    .where('expires_at', '>', sqlTime())
    .select('id', 'contract_id')
}

/** The unique index has the last word when two people claim a name in the same moment. */
export function isDuplicate(error: unknown) {
  const code = (error as { code?: string }).code
  return code === 'ER_DUP_ENTRY' || code === 'SQLITE_CONSTRAINT_UNIQUE'
}
