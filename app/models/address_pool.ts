import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import { ofNetwork, toAddress, toNumber, type AddressRange } from '#models/address_pool/range'
import { chunked } from '#models/batches'
import type ComputeNode from '#models/compute_node'
import StaffLog, { type StaffAct } from '#models/staff_log'
import { isDuplicate } from '#models/task/contention'

/** Who of the staff, and from where. */
type By = Pick<StaffAct, 'staff' | 'ip'>

/**
 * NET-01, OPT-03: the addresses that a compute node's servers get. Staff put them in and take out what nobody has;
 * servers take and give back one at a time (`ServerAddress.take`, `releaseAddedAddress`).
 */
export class AddressPool {
  constructor(readonly node: ComputeNode) {}

  /** Answers how many came in. The network's own address, its last one and the gateway are nobody's. */
  async add(range: AddressRange, by: By): Promise<number> {
    this.#refuseOutside(range)
    const addresses = this.#usable(range)
    if (addresses.length === 0) throw new Refusal('addresses_are_of_the_network', 'address_range')
    const action = 'address_pool.store'
    await this.#change({ action, details: named(range), ...by }, async (client) => {
      await refuseKnown(addresses, client)
      const rows = addresses.map((address) => ({ compute_node_id: this.node.id, address }))
      for (const some of chunked(rows, 200)) {
        await client.insertQuery().table('server_addresses').multiInsert(some)
      }
    })
    return addresses.length
  }

  /** All of them or none: only what is free goes. */
  async remove(ids: readonly number[], by: By): Promise<number> {
    const action = 'address_pool.destroy'
    return this.#choose(ids, { action, ...by }, (free) => free.delete(), 'free')
  }

  /** Kept for something: no server gets them by itself. */
  async reserve(ids: readonly number[], what: string, by: By): Promise<number> {
    const act = { action: 'address_reservation.store', ...by }
    return this.#choose(ids, act, (free) => free.update({ reserved_for: what }), 'free', { what })
  }

  async release(ids: readonly number[], by: By): Promise<number> {
    const act = { action: 'address_reservation.destroy', ...by }
    return this.#choose(ids, act, (kept) => kept.update({ reserved_for: null }), 'reserved')
  }

  async #choose(
    ids: readonly number[],
    act: By & Pick<StaffAct, 'action'>,
    apply: (chosen: Query) => PromiseLike<unknown>,
    state: 'free' | 'reserved',
    facts: Record<string, unknown> = {}
  ): Promise<number> {
    const details: Record<string, unknown> = { ...facts }
    await this.#change({ ...act, details }, async (client) => {
      const addresses = await this.#chosen(ids, state, client).select('address').forUpdate()
      if (addresses.length !== ids.length) throw notIn(state)
      details.addresses = addresses.map(({ address }) => address)
      const changed = await apply(this.#chosen(ids, state, client))
      if (Number(changed) !== ids.length) throw notIn(state)
    })
    return ids.length
  }

  #chosen(ids: readonly number[], state: 'free' | 'reserved', client: TransactionClientContract) {
    const own = client.from('server_addresses').where('compute_node_id', this.node.id)
    own.whereIn('id', [...ids]).whereNull('server_id')
    return state === 'free' ? own.whereNull('reserved_for') : own.whereNotNull('reserved_for')
  }

  /** One transaction; begins with a write, so that two of the staff come one after the other. */
  async #change(
    act: Omit<StaffAct, 'target'>,
    work: (client: TransactionClientContract) => Promise<void>
  ) {
    const change = db.transaction(async (client) => {
      const own = client.from('compute_nodes').where('id', this.node.id)
      await own.update({ name: client.raw('name') })
      await work(client)
      await StaffLog.write({ ...act, target: this.node.name }, client)
    })
    await change.catch((error: unknown) => {
      throw isDuplicate(error) ? new Refusal('addresses_are_known', 'address_range') : error
    })
  }

  #refuseOutside({ first, last }: AddressRange) {
    const network = this.node.cidr ? ofNetwork(this.node.cidr) : null
    if (!network) throw new Refusal('node_has_no_network', 'address_range')
    if (first >= network.first && last <= network.last) return
    throw new Refusal('addresses_are_outside', 'address_range', { cidr: this.node.cidr! })
  }

  #usable({ first, last }: AddressRange) {
    const network = ofNetwork(this.node.cidr!)!
    const gateway = this.node.gateway ? toNumber(this.node.gateway) : null
    const nobodys = [network.first, network.last, gateway]
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index)
    return numbers.filter((number) => !nobodys.includes(number)).map(toAddress)
  }
}

function notIn(state: 'free' | 'reserved') {
  return state === 'free'
    ? new Refusal('addresses_are_not_free', 'addresses')
    : new Refusal('addresses_are_not_reserved', 'addresses')
}

type Query = ReturnType<TransactionClientContract['from']>

async function refuseKnown(addresses: readonly string[], client: TransactionClientContract) {
  for (const some of chunked([...addresses], 500)) {
    const known = await client
      .from('server_addresses')
      .whereIn('address', some)
      .orderBy('id')
      .first()
    if (!known) continue
    throw new Refusal('address_is_known', 'address_range', { address: String(known.address) })
  }
}

const named = ({ first, last }: AddressRange) => ({
  first: toAddress(first),
  last: toAddress(last),
})
