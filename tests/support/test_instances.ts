import db from '@adonisjs/lucid/services/db'
import { LxdClient, record } from '#compute/lxd/client'
import { addressRange } from '#models/compute_node/address_range'
import type { ComputeFacts } from '#tests/support/test_server'

interface Found {
  readonly name: string
  readonly address: string
}

/** Instances of test processes that were killed, with their volumes. Only names that tests give. */
export async function removeLeftovers(facts: ComputeFacts): Promise<void> {
  const client = clientOf(facts)
  const gone = (name: string) => {
    const pid = name.startsWith(`${facts.prefix}test-`) && name.match(/test-(\d+)-/)?.[1]
    return pid !== false && pid !== undefined && !isAlive(Number(pid))
  }
  for (const { name } of await instances(client)) {
    if (gone(name)) await remove(client, name)
  }
  for (const pool of [facts.pool, facts.backupPool]) {
    if (!pool) continue
    const volumes = `/1.0/storage-pools/${pool}/volumes/custom`
    const { metadata } = await client.get(volumes)
    for (const url of metadata as string[]) {
      const name = url.split('?')[0].split('/').at(-1) ?? ''
      if (gone(name)) await client.change('DELETE', `${volumes}/${name}`)
    }
  }
}

/** One address of the tests' range that no instance has, since several suites may run at once, and no node of this one. */
export async function freeTestRange(facts: ComputeFacts) {
  const found = await instances(clientOf(facts))
  const known: { address: string }[] = await db.from('server_addresses').select('address')
  const taken = new Set([...found, ...known].map(({ address }) => address))
  const all = addressRange(facts.firstTestAddress, facts.lastTestAddress)
  const free = all.filter((address) => !taken.has(address))
  const address = free[process.pid % free.length]
  if (!address) throw new Error('no free address for tests')
  return { firstAddress: address, lastAddress: address }
}

function clientOf({ socket, project, ...rest }: ComputeFacts) {
  const none = { clientCertificate: null, clientKey: null, serverCertificate: null }
  return new LxdClient({
    ...rest,
    backupPool: null,
    ...none,
    driver: 'lxd',
    endpoint: socket,
    project,
  })
}

async function instances(client: LxdClient): Promise<Found[]> {
  const { metadata } = await client.get('/1.0/instances', { query: { recursion: '1' } })
  return (metadata as unknown[]).map(record).map(({ name, config }) => ({
    name: String(name),
    address: String(record(config)['user.address'] ?? '').split('/')[0],
  }))
}

async function remove(client: LxdClient, name: string) {
  const stop = { body: { action: 'stop', timeout: 20, force: true }, timeoutS: 30 }
  await client.change('PUT', `/1.0/instances/${name}/state`, stop).catch(() => {})
  await client.change('DELETE', `/1.0/instances/${name}`, { timeoutS: 120 })
}

function isAlive(pid: number) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
