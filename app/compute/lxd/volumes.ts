import type { VolumeChanges, VolumeUsage, VolumeWish } from '#compute/compute'
import { ComputeError } from '#compute/errors'
import type { Machine, Node } from '#compute/machine'
import { record, type LxdClient } from '#compute/lxd/client'
import type { Instance } from '#compute/lxd/instance'
import { bytesOf } from '#compute/lxd/state'
import { privateDeviceName, type Config, type Devices } from '#compute/lxd/wanted'

/** The daemon takes a lock per pool for some of it; more at once brings nothing. */
const atOnce = 4

/** Devices of the instance that are no volumes. */
const ownDevices = ['root', 'eth0', privateDeviceName]

/** BKP-01: the one volume of a machine that lies in the other pool. */
const backupPrefix = 'backup-'

/** What a machine keeps its domains' backups on; none where the node has no storage for it. */
export function backupVolume({ instance, node, limits }: Machine): VolumeWish[] {
  if (!node.backupPool) return []
  const name = `${backupPrefix}${instance.slice(node.prefix.length)}`
  return [{ name, sizeMb: limits.diskMb, path: '/data/backup' }]
}

/**
 * Volumes of one instance: custom volumes with a size quota, mounted through disk devices. A volume's device has the
 * volume's name, and the volume says in `user.instance` whose it is. They lie in the node's pool, that of backups in
 * the one for backups.
 */
export class LxdVolumes {
  readonly #client: LxdClient
  readonly #instance: Instance
  readonly #node: Node

  constructor(client: LxdClient, instance: Instance, node: Node) {
    this.#client = client
    this.#instance = instance
    this.#node = node
  }

  /**
   * What the instance says about its volumes is enough where nothing has to change: one request,
   * however many there are. Sizes are noted after they were set, so a note is never ahead.
   */
  async ensure(wishes: readonly VolumeWish[]): Promise<VolumeChanges> {
    wishes.forEach(refuseOdd)
    const { config, devices } = await this.#instance.require()
    const unsized = wishes.filter((wish) => config[noteOf(wish.name)] !== String(wish.sizeMb))
    const loose = wishes.filter((wish) => !isAttached(devices[wish.name], this.#device(wish)))
    const existing = await this.#existing(unsized.concat(loose))
    const missing = wishes.filter(({ name }) => existing.get(name) === false)
    const resized = unsized.filter(({ name }) => existing.get(name) === true)
    await inParallel(missing, (wish) => this.#create(wish))
    await inParallel(resized, (wish) => this.#resize(wish))
    if (unsized.length + loose.length > 0) await this.#attach(loose, [...missing, ...unsized])
    return {
      created: missing.map(nameOf),
      resized: resized.map(nameOf),
      attached: loose.map(nameOf),
    }
  }

  async remove(names: readonly string[]): Promise<void> {
    const facts = await this.#instance.read()
    const known = names.filter((name) => facts && !ownDevices.includes(name))
    const attached = known.filter(
      (name) => facts && (name in facts.devices || noteOf(name) in facts.config)
    )
    if (attached.length > 0) await this.#instance.detach(attached, attached.map(noteOf))
    await inParallel(names, (name) => this.#destroy(name))
  }

  /** For the nightly look: sizes that were changed past the panel. Answers the names. */
  async assertSizes(): Promise<readonly string[]> {
    const { config } = await this.#instance.require()
    const wanted = ([name, bytes]: [string, number]) =>
      Number(config[noteOf(name)]) * 2 ** 20 || bytes
    const sizes = await this.#allSizes()
    const other = [...sizes].filter((each) => wanted(each) !== each[1])
    await inParallel(other, (each) =>
      this.#resize({ name: each[0], sizeMb: wanted(each) / 2 ** 20 })
    )
    return other.map(([name]) => name)
  }

  async removeAll(): Promise<void> {
    const sizes = await this.#allSizes()
    await this.remove([...sizes.keys()])
  }

  /** The daemon reads the usage of all attached volumes at once; asking for each takes as long for each. */
  async usages(): Promise<ReadonlyMap<string, VolumeUsage>> {
    const [sizes, state] = await Promise.all([
      this.#allSizes(),
      this.#client.find(`/1.0/instances/${this.#instance.name}/state`),
    ])
    const disks = state ? (record(state.metadata).disk ?? {}) : {}
    const usages = new Map<string, VolumeUsage>()
    for (const [name, disk] of Object.entries(record(disks))) {
      const sizeBytes = sizes.get(name)
      const usedBytes = record(disk).usage
      if (sizeBytes === undefined || typeof usedBytes !== 'number') continue
      usages.set(name, { usedBytes, sizeBytes, enforced: true })
    }
    return usages
  }

  #poolName(name: string) {
    return `${this.#node.prefix}${name}`
  }

  #poolOf(name: string): string {
    const { pool, backupPool } = this.#node
    return name.startsWith(backupPrefix) && backupPool ? backupPool : pool
  }

  #pathOf(name: string) {
    return `${volumesIn(this.#poolOf(name))}/${this.#poolName(name)}`
  }

  #device({ name, path }: VolumeWish): Config {
    return { type: 'disk', pool: this.#poolOf(name), source: this.#poolName(name), path }
  }

  /** Of this instance's volumes: size in bytes by name. One request for each whole pool. */
  async #allSizes(): Promise<Map<string, number>> {
    const { pool, backupPool } = this.#node
    const pools = backupPool ? [pool, backupPool] : [pool]
    const found = await Promise.all(pools.map((each) => this.#sizesIn(each)))
    return new Map(found.flat())
  }

  async #sizesIn(pool: string): Promise<[string, number][]> {
    const { metadata } = await this.#client.get(volumesIn(pool), { query: { recursion: '1' } })
    if (!Array.isArray(metadata)) throw new ComputeError('garbled', 'volumes are no list')
    return metadata
      .map(record)
      .filter((volume) => record(volume.config)['user.instance'] === this.#instance.name)
      .map((volume) => [this.#nameOn(String(volume.name)), sizeOf(volume)])
  }

  #nameOn(poolName: string) {
    return poolName.slice(this.#node.prefix.length)
  }

  /** Whether each is in the pool. Names are cheap to list; only those that are there are read, to see whose they are. */
  async #existing(wishes: readonly VolumeWish[]): Promise<Map<string, boolean>> {
    if (wishes.length === 0) return new Map()
    const pools = [...new Set(wishes.map(({ name }) => this.#poolOf(name)))]
    const names = await Promise.all(pools.map((pool) => this.#namesIn(pool)))
    const there = new Set(names.flat())
    const existing = new Map(wishes.map(({ name }) => [name, there.has(this.#poolName(name))]))
    const present = [...existing].filter(([, is]) => is).map(([name]) => name)
    await inParallel(present, async (name) => {
      const volume = await this.#client.get(this.#pathOf(name))
      this.#refuseOthers(name, record(volume.metadata))
    })
    return existing
  }

  async #namesIn(pool: string) {
    const { metadata } = await this.#client.get(volumesIn(pool))
    if (!Array.isArray(metadata)) throw new ComputeError('garbled', 'volumes are no list')
    return metadata.map((url) => String(url).split('?')[0].split('/').at(-1))
  }

  #refuseOthers(name: string, volume: Record<string, unknown>) {
    if (record(volume.config)['user.instance'] === this.#instance.name) return
    throw new ComputeError('refused', `volume ${name} is not one of ${this.#instance.name}`)
  }

  #create({ name, sizeMb }: VolumeWish) {
    const config = { 'size': `${sizeMb}MiB`, 'user.instance': this.#instance.name }
    const body = { name: this.#poolName(name), type: 'custom', content_type: 'filesystem', config }
    const path = volumesIn(this.#poolOf(name))
    return this.#client.change('POST', path, { body, timeoutS: 60 })
  }

  #resize({ name, sizeMb }: Pick<VolumeWish, 'name' | 'sizeMb'>) {
    const body = { config: { 'size': `${sizeMb}MiB`, 'user.instance': this.#instance.name } }
    return this.#client.change('PATCH', this.#pathOf(name), { body, timeoutS: 60 })
  }

  /** Everything in one change of the instance. */
  #attach(loose: readonly VolumeWish[], sized: readonly VolumeWish[]) {
    const devices: Devices = Object.fromEntries(
      loose.map((wish) => [wish.name, this.#device(wish)])
    )
    const config: Config = Object.fromEntries(
      sized.map(({ name, sizeMb }) => [noteOf(name), String(sizeMb)])
    )
    return this.#instance.patch({ config, devices }, 60 + loose.length)
  }

  async #destroy(name: string) {
    const path = this.#pathOf(name)
    const answer = await this.#client.find(path)
    if (!answer) return
    this.#refuseOthers(name, record(answer.metadata))
    await this.#client.change('DELETE', path, { timeoutS: 60 })
  }
}

const volumesIn = (pool: string) => `/1.0/storage-pools/${pool}/volumes/custom`

function sizeOf(volume: Record<string, unknown>): number {
  return bytesOf(record(volume.config).size) ?? 0
}

function isAttached(actual: Config | undefined, wanted: Config): boolean {
  return (
    actual !== undefined && Object.entries(wanted).every(([key, value]) => actual[key] === value)
  )
}

/** Key of the instance that says how many MiB the volume was given. */
function noteOf(name: string) {
  return `user.size.${name}`
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
