import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { releaseAddresses, takeAddress } from '#compute/address_pool'
import ComputeNode from '#models/compute_node'
import Contract from '#models/contract'
import Server from '#models/server'

async function orderServers(count: number, addresses: number) {
  const contract = await Contract.create({ code: 'pool', name: 'x' })
  const node = await ComputeNode.register('pool', {
    ...{ socket: '/x', project: 'default', pool: 'p', bridge: 'b', cidr: '192.0.2.0/24' },
    ...{ gateway: '192.0.2.1', image: 'i', prefix: 'tsukasa-' },
    firstAddress: '192.0.2.10',
    lastAddress: `192.0.2.${9 + addresses}`,
  })
  const servers: Server[] = []
  for (let n = 0; n < count; n++) servers.push(await Server.order({ contract, node, plan: 'A' }))
  return servers
}

const take = (server: Server) => db.transaction((trx) => takeAddress(server.id, trx))

test.group('The pool of addresses', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  test('gives each server another one, also when many ask at once', async ({ assert }) => {
    const servers = await orderServers(8, 8)
    const taken = await Promise.all(servers.map(take))
    assert.lengthOf(new Set(taken), 8)
  })

  test('gives a server the one that it has', async ({ assert }) => {
    const [server] = await orderServers(1, 3)
    assert.equal(await take(server), await take(server))
  })

  test('says when it is empty, and gives out again what came back', async ({ assert }) => {
    const [first, second] = await orderServers(2, 1)
    const address = await take(first)
    await assert.rejects(() => take(second), /no free address/)
    await db.transaction((trx) => releaseAddresses(first.id, trx))
    assert.equal(await take(second), address)
  })
})
