import type { VolumeChanges, VolumeUsage, VolumeWish } from '#compute/compute'
import { ComputeError } from '#compute/errors'
import type { Node } from '#compute/machine'
import { record, type LxdClient } from '#compute/lxd/client'
import type { Instance } from '#compute/lxd/instance'
import { bytesOf } from '#compute/lxd/state'
import type { Config, Devices } from '#compute/lxd/wanted'

/** The daemon takes a lock per pool for some of it; more at once brings nothing. */
const atOnce = 4

/** Devices of the instance that are no volumes. */
const ownDevices = ['root', 'eth0']

/**
 * Volumes of one instance: custom volumes of the pool with a size quota, mounted through disk
 * devices. A volume's device has the volume's name, and the volume says in `user.instance` whose it is.
 */
export class LxdVolumes {
  readonly #client: LxdClient
  readonly #instance: Instance
  readonly #node: Node
  readonly #path: string

  constructor(client: LxdClient, instance: Instance, node: Node) {
    this.#client = client
    this.#instance = instance
    this.#node = node
    this.#path = `/1.0/storage-pools/${node.pool}/volumes/custom`
  }

  async ensure(wishes: readonly VolumeWish[]): Promise<VolumeChanges> {
    wishes.forEach(refuseOdd)
    const { devices } = await this.#instance.require()
    const sizes = wishes.length > 1 ? await this.#allSizes() : await this.#sizeOf(wishes)
    const missing = wishes.filter((wish) => !sizes.has(wish.name))
    const other = wishes.filter(
      (wish) => sizes.has(wish.name) && sizes.get(wish.name) !== wish.sizeMb * 2 ** 20
    )
    const loose = wishes.filter((wish) => !isAttached(devices[wish.name], this.#device(wish)))
    await inParallel(missing, (wish) => this.#create(wish))
    await inParallel(other, (wish) => this.#resize(wish))
    if (loose.length > 0) await this.#attach(loose)
    return { created: missing.map(nameOf), resized: other.map(nameOf), attached: loose.map(nameOf) }
  }

  async remove(names: readonly string[]): Promise<void> {
    const facts = await this.#instance.read()
    const attached = names.filter(
      (name) => facts && name in facts.devices && !ownDevices.includes(name)
    )
    if (attached.length > 0) await this.#instance.detach(attached)
    await inParallel(names, (name) => this.#destroy(name))
  }

  async removeAll(): Promise<void> {
    await this.remove([...(await this.#allSizes()).keys()])
  }

  async usages(): Promise<ReadonlyMap<string, VolumeUsage>> {
    const sizes = [...(await this.#allSizes())]
    const usages = new Map<string, VolumeUsage>()
    await inParallel(sizes, async ([name, sizeBytes]) => {
      const answer = await this.#client.find(`${this.#path}/${this.#poolName(name)}/state`)
      const usage = answer && record(answer.metadata).usage
      const used = usage ? record(usage).used : null
      if (typeof used === 'number') usages.set(name, { usedBytes: used, sizeBytes, enforced: true })
    })
    return usages
  }

  #poolName(name: string) {
    return `${this.#node.prefix}${name}`
  }

  #device({ name, path }: VolumeWish): Config {
    return { type: 'disk', pool: this.#node.pool, source: this.#poolName(name), path }
  }

  /** Of this instance's volumes: size in bytes by name. One request for the whole pool. */
  async #allSizes(): Promise<Map<string, number>> {
    const { metadata } = await this.#client.get(this.#path, { query: { recursion: '1' } })
    if (!Array.isArray(metadata)) throw new ComputeError('garbled', 'volumes are no list')
    const own = metadata
      .map(record)
      .filter((volume) => record(volume.config)['user.instance'] === this.#instance.name)
    return new Map(own.map((volume) => [this.#nameOn(String(volume.name)), sizeOf(volume)]))
  }

  #nameOn(poolName: string) {
    return poolName.slice(this.#node.prefix.length)
  }

  async #sizeOf(wishes: readonly VolumeWish[]): Promise<Map<string, number>> {
    const sizes = new Map<string, number>()
    for (const { name } of wishes) {
      const answer = await this.#client.find(`${this.#path}/${this.#poolName(name)}`)
      if (!answer) continue
      this.#refuseOthers(name, record(answer.metadata))
      sizes.set(name, sizeOf(record(answer.metadata)))
    }
    return sizes
  }

  #refuseOthers(name: string, volume: Record<string, unknown>) {
    if (record(volume.config)['user.instance'] === this.#instance.name) return
    throw new ComputeError('refused', `volume ${name} is not one of ${this.#instance.name}`)
  }

  #create({ name, sizeMb }: VolumeWish) {
    const config = { 'size': `${sizeMb}MiB`, 'user.instance': this.#instance.name }
    const body = { name: this.#poolName(name), type: 'custom', content_type: 'filesystem', config }
    return this.#client.change('POST', this.#path, { body, timeoutS: 60 })
  }

  #resize({ name, sizeMb }: VolumeWish) {
    const body = { config: { 'size': `${sizeMb}MiB`, 'user.instance': this.#instance.name } }
    return this.#client.change('PATCH', `${this.#path}/${this.#poolName(name)}`, {
      body,
      timeoutS: 60,
    })
  }

  #attach(wishes: readonly VolumeWish[]) {
    const devices: Devices = Object.fromEntries(
      wishes.map((wish) => [wish.name, this.#device(wish)])
    )
    return this.#instance.patch({ devices }, 60 + wishes.length)
  }

  async #destroy(name: string) {
    const path = `${this.#path}/${this.#poolName(name)}`
    const answer = await this.#client.find(path)
    if (!answer) return
    this.#refuseOthers(name, record(answer.metadata))
    await this.#client.change('DELETE', path, { timeoutS: 60 })
  }
}

function sizeOf(volume: Record<string, unknown>): number {
  return bytesOf(record(volume.config).size) ?? 0
}

function isAttached(actual: Config | undefined, wanted: Config): boolean {
  return (
    actual !== undefined && Object.entries(wanted).every(([key, value]) => actual[key] === value)
  )
}

function nameOf(wish: VolumeWish) {
  return wish.name
}

function refuseOdd({ name, path, sizeMb }: VolumeWish) {
  if (!/^[a-z0-9][a-z0-9-]{0,48}$/.test(name) || ownDevices.includes(name))
    throw new ComputeError('refused', `${name} is no volume name`)
  if (!/^\/[\w./-]+$/.test(path) || path.includes('..'))
    throw new ComputeError('refused', `${path} is no mount point`)
  if (!Number.isInteger(sizeMb) || sizeMb < 1)
    throw new ComputeError('refused', `${sizeMb} MiB is no size`)
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>) {
  const queue = [...items]
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane))
}
