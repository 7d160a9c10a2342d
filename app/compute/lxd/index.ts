import type {
  Capabilities,
  Compute,
  Limits,
  MachineState,
  VolumeChanges,
  VolumeUsage,
  VolumeWish,
} from '#compute/compute'
import type { Config, Devices } from '#compute/lxd/wanted'
import { ComputeError } from '#compute/errors'
import type { Machine } from '#compute/machine'
import { panelKey } from '#compute/panel_key'
import { PrivateBridge } from '#compute/lxd/private_bridge'
import { LxdClient, record } from '#compute/lxd/client'
import { Instance } from '#compute/lxd/instance'
import { machineState } from '#compute/lxd/state'
import { backupVolume, LxdVolumes } from '#compute/lxd/volumes'
import {
  addedCards,
  differences,
  isAddedCard,
  kept,
  limitKeys,
  privateDevice,
  privateDeviceName,
  rootDevice,
  wantedConfig,
  wantedDevices,
} from '#compute/lxd/wanted'

/** One client per endpoint, so that connections are kept. */
const clients = new Map<string, LxdClient>()

const hostKeyFile = '/etc/ssh/ssh_host_ed25519_key.pub'
const rootKeysFile = '/etc/ssh/authorized_keys.d/root'

/** A system container of LXD or Incus. */
export class LxdCompute implements Compute {
  readonly can: Capabilities = { limits: true, enforcedVolumes: true }
  readonly #machine: Machine
  readonly #client: LxdClient
  readonly #instance: Instance
  readonly #volumes: LxdVolumes
  readonly #bridge: PrivateBridge

  constructor(machine: Machine) {
    refuseForeign(machine)
    this.#machine = machine
    this.#client = clientFor(machine)
    this.#instance = new Instance(this.#client, machine.instance)
    this.#bridge = new PrivateBridge(this.#client)
    this.#volumes = new LxdVolumes(this.#client, this.#instance, machine.node)
  }

  async create(): Promise<void> {
    if (!this.#machine.address)
      throw new ComputeError('refused', `${this.#machine.instance} has no address yet`)
    await this.#bridge.ensure(this.#machine.privateCard)
    if (!(await this.#instance.read())) await this.#instance.create(this.#machine)
    else await this.assertConfiguration()
    await this.#ensureBackupVolume()
    const { publicKey } = await panelKey()
    await this.#client.writeFile(this.#machine.instance, rootKeysFile, `${publicKey}\n`, '0600')
  }

  async start(): Promise<void> {
    if ((await this.#status()) !== 'Running') await this.#instance.change('start', 60)
  }

  async stop(timeoutS = 30): Promise<void> {
    await this.#halt(timeoutS, false).catch(() => this.#halt(30, true))
  }

  /** It may stop by itself between the question and the order: what counts is how it ends. */
  async #halt(timeoutS: number, force: boolean): Promise<void> {
    if ((await this.#status()) === 'Stopped') return
    try {
      await this.#instance.change('stop', timeoutS, force)
    } catch (error) {
      if ((await this.#status()) !== 'Stopped') throw error
    }
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  async retire(): Promise<void> {
    await this.#instance.patch({ config: { 'boot.autostart': 'false' } })
    await this.stop()
  }

  async delete(): Promise<void> {
    const facts = await this.#instance.read()
    if (facts) {
      await this.#halt(30, true)
      await this.#instance.destroy()
      await this.#bridge.removeUnused(facts.devices)
    }
    await this.#volumes.removeAll()
  }

  async state(): Promise<MachineState> {
    return machineState(this.#client, this.#machine.instance)
  }

  async hostKey(): Promise<string> {
    const line = await this.#client.readFile(this.#machine.instance, hostKeyFile)
    const match = line?.match(/^(ssh-ed25519 [A-Za-z0-9+/=]{60,100})(\s|$)/)
    if (!match) throw new ComputeError('missing', `${this.#machine.instance} has no host key yet`)
    return match[1]
  }

  /** The root device's other keys stay: a grown disk is a new size and nothing else. */
  async setLimits(limits: Limits): Promise<void> {
    const config = limitKeys(limits)
    const devices = { root: rootDevice(this.#machine.node.pool, limits) }
    await this.#instance.patch({ devices })
    await this.#patchConfig(config)
    await this.#ensureBackupVolume()
  }

  /** As large as the machine's own disk, so that everything that fits there fits here. */
  #ensureBackupVolume() {
    return this.#volumes.ensure(backupVolume(this.#machine))
  }

  async setAddedAddresses(addresses: readonly string[]): Promise<readonly string[]> {
    const { devices } = await this.#instance.require()
    const wanted = addedCards(this.#machine.node, addresses)
    const gone = Object.keys(devices).filter((name) => isAddedCard(name) && !(name in wanted))
    const missing = Object.entries(wanted).filter(
      ([name, card]) => differences(devices[name] ?? {}, card).length > 0
    )
    if (gone.length > 0) await this.#instance.detach(gone, [])
    if (missing.length > 0) await this.#instance.patch({ devices: Object.fromEntries(missing) })
    return [...gone, ...missing.map(([name]) => name)]
  }

  async setPrivateCard(): Promise<void> {
    const { devices } = await this.#instance.require()
    const { privateCard } = this.#machine
    const wanted = privateCard ? privateDevice(privateCard)[privateDeviceName] : null
    const actual = devices[privateDeviceName]
    if (actual && (!wanted || differences(actual, wanted).length > 0)) {
      await this.#instance.detach([privateDeviceName], [])
      await this.#bridge.removeUnused(devices)
    } else if (actual) return
    if (!wanted) return
    await this.#bridge.ensure(privateCard)
    await this.#instance.patch({ devices: { [privateDeviceName]: wanted } })
  }

  /**
   * The daemon deals out cores when it begins to change their number, from what is stored at that
   * moment, which may still be the old number. So the new one is stored twice, written in two ways.
   */
  async #patchConfig(config: Config) {
    const { 'limits.cpu': cores, ...others } = config
    if (cores) await this.#instance.patch({ config: { ...others, 'limits.cpu': `0${cores}` } })
    await this.#instance.patch({ config })
  }

  async assertConfiguration(): Promise<readonly string[]> {
    const { config, devices } = await this.#instance.require()
    const wanted = wantedConfig(this.#machine)
    const keys = differences(config, wanted)
    const wantedDevs = kept(devices, wantedDevices(this.#machine))
    const names = Object.keys(wantedDevs).filter(
      (name) => differences(devices[name] ?? {}, wantedDevs[name]).length > 0
    )
    const { attached } = await this.#ensureBackupVolume()
    const volumes = [...attached, ...(await this.#volumes.assertSizes())]
    const unplugged = await this.#unplugUnwanted(devices)
    if (keys.length + names.length === 0) return [...unplugged, ...volumes]
    const devicesBack = Object.fromEntries(names.map((name) => [name, wantedDevs[name]]))
    const configBack = Object.fromEntries(keys.map((key) => [key, wanted[key]]))
    if (privateDeviceName in devicesBack) await this.#bridge.ensure(this.#machine.privateCard)
    if (names.length > 0) await this.#instance.patch({ devices: devicesBack })
    if (keys.length > 0) await this.#patchConfig(configBack)
    return [...keys, ...names, ...unplugged, ...volumes]
  }

  /** NET-02: who left its contract's network must not be in it. */
  async #unplugUnwanted(devices: Devices): Promise<readonly string[]> {
    if (this.#machine.privateCard || !(privateDeviceName in devices)) return []
    await this.setPrivateCard()
    return [privateDeviceName]
  }

  ensureVolumes(volumes: readonly VolumeWish[]): Promise<VolumeChanges> {
    return this.#volumes.ensure(volumes)
  }

  removeVolumes(names: readonly string[]): Promise<void> {
    return this.#volumes.remove(names)
  }

  volumeUsages(): Promise<ReadonlyMap<string, VolumeUsage>> {
    return this.#volumes.usages()
  }

  /** Not the instance's `state`: that reads the usage of every volume, a second for 200 of them. */
  async #status(): Promise<string> {
    const { metadata } = await this.#client.get(`/1.0/instances/${this.#machine.instance}`)
    return String(record(metadata).status)
  }
}

function clientFor({ node }: Machine): LxdClient {
  const key = JSON.stringify([
    node.endpoint,
    node.project,
    node.serverCertificate,
    node.clientCertificate,
  ])
  let client = clients.get(key)
  if (!client) clients.set(key, (client = new LxdClient(node)))
  return client
}

/** Other people's instances may live on the same node: what doesn't carry the prefix isn't ours. */
function refuseForeign({ instance, node }: Machine) {
  if (!node.prefix || !instance.startsWith(node.prefix)) {
    throw new ComputeError('refused', `${instance} does not begin with ${node.prefix}`)
  }
  if (!/^[a-z][a-z0-9-]{1,62}$/.test(instance))
    throw new ComputeError('refused', `${instance} is no instance name`)
}
