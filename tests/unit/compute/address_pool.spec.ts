import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { releaseAddresses, takeAddress } from '#compute/address_pool'
import type Server from '#models/server'
import { orderServers } from '#tests/support/ordered_servers'

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
