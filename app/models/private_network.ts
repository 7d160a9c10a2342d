import { randomBytes } from 'node:crypto'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { privateNetworks } from '#config/networks'
import { PrivateNetworkSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import Contract from '#models/contract'
import { addressAt, numberOfAddress, sizeOf } from '#models/private_network/numbers'

/** NET-02: the one network that the servers of a contract have among themselves. */
export default class PrivateNetwork extends PrivateNetworkSchema {
  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  /** The contract's, made when it is first asked for. Holds the contract until the transaction ends. */
  static async provide(contractId: number, client: TransactionClientContract) {
    await Contract.lock(contractId, client)
    const present = await this.query({ client }).where({ contractId }).first()
    return present ?? this.create(await this.#next(contractId, client), { client })
  }

  /** The first that no contract has. Two that want the same at once: one of them is refused by the key and tries again. */
  static async #next(contractId: number, client: TransactionClientContract) {
    const rows = await client.from('private_networks').select('cidr')
    const taken = new Set(rows.map(({ cidr }) => String(cidr)))
    const { range, prefixLength } = privateNetworks
    const [first] = range.split('/')
    for (let at = 0; at < sizeOf(range); at += 2 ** (32 - prefixLength)) {
      const cidr = `${addressAt(first, at)}/${prefixLength}`
      if (!taken.has(cidr))
        return { contractId, cidr, bridge: `tp${randomBytes(5).toString('hex')}` }
    }
    throw new Refusal('no_private_network_left')
  }

  /** Behind the last one given out, so that one that was just given back rests a while; else the first that is free. */
  async freeAddress(client: TransactionClientContract): Promise<string> {
    const rows = await client
      .from('servers')
      .where('contract_id', this.contractId)
      .whereNotNull('private_address')
      .select('private_address')
    const [first] = this.cidr.split('/')
    const taken = new Set(
      rows.map((row) => numberOfAddress(row.private_address) - numberOfAddress(first))
    )
    const last = Math.max(0, ...taken)
    const most = sizeOf(this.cidr) - 2
    for (let step = 1; step <= most; step++) {
      const at = ((last + step - 1) % most) + 1
      if (!taken.has(at)) return addressAt(first, at)
    }
    throw new Refusal('private_network_is_full')
  }
}
