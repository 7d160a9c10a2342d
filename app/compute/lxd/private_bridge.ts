import { ComputeError } from '#compute/errors'
import { record, type LxdClient } from '#compute/lxd/client'
import type { PrivateCard } from '#compute/machine'
import { privateDeviceName, type Devices } from '#compute/lxd/wanted'

/** Says that a network is one of ours: others' with the same name are left alone. */
const mark = 'user.tsukasa.private'

/**
 * NET-02: what the cards of one contract's servers hang on. The node itself has no address there and routes nothing
 * of it: no DHCP, no way out, no way to anybody else's.
 */
export class PrivateBridge {
  readonly #client: LxdClient

  constructor(client: LxdClient) {
    this.#client = client
  }

  async ensure(card: PrivateCard | null): Promise<void> {
    if (!card) return
    const { bridge: name } = card
    refuseOdd(name)
    const found = await this.#find(name)
    if (found) return refuseOthers(name, found.config)
    const body = { name, type: 'bridge', config: { ...closed, [mark]: 'true' } }
    await this.#client.change('POST', '/1.0/networks', { body })
  }

  /** That the card of these devices hung on. Another server of the contract may have come meanwhile. */
  async removeUnused(devices: Devices): Promise<void> {
    const name = devices[privateDeviceName]?.network
    if (!name) return
    refuseOdd(name)
    const found = await this.#find(name)
    if (!found || found.config[mark] !== 'true' || found.isUsed) return
    await this.#client.change('DELETE', `/1.0/networks/${name}`).catch((error: unknown) => {
      const isFine = error instanceof ComputeError && ['busy', 'missing'].includes(error.fault)
      if (!isFine) throw error
    })
  }

  async #find(name: string) {
    const answer = await this.#client.find(`/1.0/networks/${name}`)
    if (!answer) return null
    const { config, used_by: users } = record(answer.metadata)
    return { config: record(config), isUsed: Array.isArray(users) && users.length > 0 }
  }
}

const closed = {
  'ipv4.address': 'none',
  'ipv4.nat': 'false',
  'ipv6.address': 'none',
  'ipv6.nat': 'false',
}

function refuseOthers(name: string, config: Record<string, unknown>) {
  if (config[mark] !== 'true') throw new ComputeError('refused', `network ${name} is not ours`)
}

/** A card's name is 15 characters at most. */
function refuseOdd(name: string) {
  if (!/^[a-z][a-z0-9]{1,14}$/.test(name))
    throw new ComputeError('refused', `${name} is no name of a network`)
}
