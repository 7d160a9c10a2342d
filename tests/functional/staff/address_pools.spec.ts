import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeOrder } from '#database/factories/order'
import { makeServer, makeStaff, makeTenant } from '#database/factories/tenant'
import { poolRows } from '#models/address_pool/listing'
import ComputeNode from '#models/compute_node'
import { roomiestNode } from '#models/compute_node/placement'
import { mostAddedAddresses, takeAddedAddress } from '#models/server/added_address'
import ServerAddress from '#models/server_address'
import type Staff from '#models/staff'
import StaffLog from '#models/staff_log'
import { queriesOf } from '#tests/support/counted_queries'

const network = { cidr: '198.51.100.0/24', gateway: '198.51.100.1', endpoint: '/nonexistent' }

const makePool = (name = 'node-1', facts = network) =>
  ComputeNode.create({ name, driver: 'lxd', ...facts })

const send = (client: ApiClient, staff: Staff, path: string, form: object) =>
  client.post(path).form(form).withGuard('staff').loginAs(staff).withCsrfToken().redirects(0)

const add = (client: ApiClient, staff: Staff, node: ComputeNode, range: string) =>
  send(client, staff, `/staff/address_pools/${node.id}/addresses`, { address_range: range })

const addressesOf = async ({ id }: ComputeNode) => {
  const rows = await ServerAddress.query().where('computeNodeId', id).orderBy('id')
  return rows.map(({ address }) => address)
}

test.group('Address pools of staff', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('NET-01: ranges and networks come in, without what is the network’s own', async ({
    assert,
    client,
  }) => {
    const [staff, node] = [await makeStaff(), await makePool()]
    await add(client, staff, node, '198.51.100.0/30')
    await add(client, staff, node, '198.51.100.10 〜 １２')
    await add(client, staff, node, '198.51.100.254-198.51.100.255')
    assert.deepEqual(await addressesOf(node), [
      ...['198.51.100.2', '198.51.100.3'],
      ...['198.51.100.10', '198.51.100.11', '198.51.100.12', '198.51.100.254'],
    ])
    const acts = await StaffLog.query().where({ action: 'address_pool.store' })
    assert.deepEqual(
      acts.map(({ target, actor }) => [target, actor]),
      Array(3).fill([node.name, staff.login])
    )
  })

  test('NET-01: what overlaps, lies outside or is no range is refused at its field', async ({
    assert,
    client,
  }) => {
    const [staff, node] = [await makeStaff(), await makePool()]
    const other = await makePool('node-2', { ...network, cidr: '198.51.100.0/25' })
    await add(client, staff, other, '198.51.100.20-30')
    const wrong: [string, string][] = [
      ['198.51.100.15-25', '198.51.100.20 は、すでに登録されています'],
      ['198.51.99.250-198.51.100.5', '198.51.100.0/24'],
      ['203.0.113.0/24', '198.51.100.0/24'],
      ['198.51.100.1', '割り当てられるアドレスがありません'],
      ['198.51.100.9-3', '最初より前'],
      ['10.0.0.0/8', '4,096個まで'],
      ['2001:db8::/64', '読み取れません'],
      ['198.51.100', '読み取れません'],
      ['198.51.100.1-2-3', '読み取れません'],
      ['', '入力してください'],
    ]
    for (const [range, words] of wrong) {
      const refused = await add(client, staff, node, range)
      const errors: Record<string, any> = refused.flashMessage('inputErrorsBag')
      assert.include(errors.address_range[0], words, range)
    }
    assert.deepEqual(await addressesOf(node), [])
  })

  test('NET-01: only what nobody has is taken out or reserved, all of the chosen or none', async ({
    assert,
    client,
  }) => {
    const [staff, node] = [await makeStaff(), await makePool()]
    const { contract } = await makeTenant()
    const server = await makeServer(contract)
    await server.merge({ computeNodeId: node.id }).save()
    await add(client, staff, node, '198.51.100.10-14')
    const rows = await ServerAddress.query().where('computeNodeId', node.id).orderBy('id')
    const [used, kept, ...free] = rows.map(({ id }) => id)
    await rows[0].merge({ serverId: server.id }).save()
    const base = `/staff/address_pools/${node.id}`
    const form = (...ids: number[]) => ({ 'addresses[]': ids, 'reserved_for': 'VIP' })

    for (const path of ['/reservations', '/addresses?_method=DELETE']) {
      const refused = await send(client, staff, base + path, form(free[0], used))
      assert.property(refused.flashMessage('inputErrorsBag'), 'addresses', path)
    }
    await send(client, staff, `${base}/reservations`, form(kept))
    const taken = await send(client, staff, `${base}/addresses?_method=DELETE`, form(kept))
    assert.property(taken.flashMessage('inputErrorsBag'), 'addresses')
    assert.lengthOf(await addressesOf(node), 5)

    const page = await client.get(base).withGuard('staff').loginAs(staff)
    for (const text of ['VIP', server.name, '追加のアドレス']) page.assertTextIncludes(text)
    const reserved = await client.get(`${base}?state=reserved`).withGuard('staff').loginAs(staff)
    reserved.assertTextIncludes('198.51.100.11')
    assert.notInclude(reserved.text(), '198.51.100.12')

    await send(client, staff, `${base}/reservations?_method=DELETE`, form(kept))
    await send(client, staff, `${base}/addresses?_method=DELETE`, form(kept, ...free))
    assert.deepEqual(await addressesOf(node), ['198.51.100.10'])
    const acts = await StaffLog.query().orderBy('seq')
    assert.deepEqual(
      acts.map(({ action }) => action),
      [
        'address_pool.store',
        'address_reservation.store',
        'address_reservation.destroy',
        'address_pool.destroy',
      ]
    )
    assert.deepEqual(JSON.parse(acts[1].detail), { what: 'VIP', addresses: ['198.51.100.11'] })
  })

  test('NET-01: addresses of another node are not among the chosen', async ({ assert, client }) => {
    const [staff, node] = [await makeStaff(), await makePool()]
    const other = await makePool('node-2', { ...network, cidr: '203.0.113.0/24' })
    await add(client, staff, other, '203.0.113.9')
    const [{ id }] = await ServerAddress.query().where('computeNodeId', other.id)
    const path = `/staff/address_pools/${node.id}/addresses?_method=DELETE`
    const refused = await send(client, staff, path, { 'addresses[]': id })
    assert.property(refused.flashMessage('inputErrorsBag'), 'addresses')
    assert.deepEqual(await addressesOf(other), ['203.0.113.9'])
  })

  test('NET-01: no server gets a reserved address, and a node that has no other is full', async ({
    assert,
    client,
  }) => {
    const [staff, node] = [await makeStaff(), await makePool()]
    await add(client, staff, node, '198.51.100.10-11')
    const [first, second] = await ServerAddress.query()
      .where('computeNodeId', node.id)
      .orderBy('id')
    await first.merge({ reservedFor: 'VIP' }).save()
    const { contract } = await makeTenant()
    const server = await makeServer(contract)
    await server.merge({ computeNodeId: node.id }).save()
    await db.transaction(async (client_) => {
      const roomiest = await roomiestNode(client_, 'A')
      assert.equal(roomiest.id, node.id)
      assert.equal(await takeAddedAddress(server, client_), second.address)
      await assert.rejects(() => takeAddedAddress(server, client_), /no_address_to_add/)
      await assert.rejects(() => roomiestNode(client_, 'A'), /no_room_for_a_server/)
    })
  })

  test('NET-01: a server has 201 addresses at most', async ({ assert, client }) => {
    const [staff, node] = [await makeStaff(), await makePool()]
    const { contract } = await makeTenant()
    const server = await makeServer(contract)
    await server.merge({ computeNodeId: node.id, address: '198.51.100.2' }).save()
    await add(client, staff, node, '198.51.100.2-250')
    const own = db.from('server_addresses').where('compute_node_id', node.id)
    const rows = await own.clone().orderBy('id').limit(mostAddedAddresses).select('id')
    const ids = rows.map(({ id }) => id)
    await own.clone().whereIn('id', ids).update({ server_id: server.id })
    await db.transaction(async (client_) => {
      await takeAddedAddress(server, client_)
      await assert.rejects(() => takeAddedAddress(server, client_), /server_has_all_addresses/)
    })
  })

  test('NET-01: staff are told of a pool that is nearly empty, in one query for all nodes', async ({
    assert,
    client,
  }) => {
    const [staff, node] = [await makeStaff(), await makePool()]
    await makePool('node-2')
    await add(client, staff, node, '198.51.100.10-12')
    const page = await client.get('/staff/address_pools').withGuard('staff').loginAs(staff)
    page.assertTextIncludes('node-1 の空きは、あと 3 個です')
    page.assertTextIncludes('node-2 に空きのアドレスがありません')
    assert.equal(await queriesOf(() => poolRows()), 1)
  })

  test('OPT-03: an order that needs an address says how many its node has left', async ({
    assert,
    client,
  }) => {
    const [staff, node] = [await makeStaff(), await makePool()]
    const { domain, server } = await makeTenant()
    await server.merge({ computeNodeId: node.id }).save()
    const order = await makeOrder(domain)
    await order.merge({ kind: 'global_ip', state: 'waiting', serverId: server.id }).save()
    const show = () => client.get(`/staff/orders/${order.id}`).withGuard('staff').loginAs(staff)
    const empty = await show()
    empty.assertTextIncludes('割り当てられるIPアドレスがありません')
    await add(client, staff, node, '198.51.100.10-12')
    const scarce = await show()
    scarce.assertTextIncludes('残りわずかです')
    await add(client, staff, node, '198.51.100.20-29')
    const rich = await show()
    assert.notInclude(rich.text(), '割り当てられるIPアドレス')
  })
})
