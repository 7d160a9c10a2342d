import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import {
  makeDomain,
  makeMailbox,
  makeServer,
  makeStaff,
  makeTenant,
} from '#database/factories/tenant'
import ServerAddress from '#models/server_address'

/** How many queries `work` sends to the database. */
async function queriesOf(work: () => Promise<unknown>) {
  const { client } = db.manager.get(db.primaryConnectionName)!.connection!
  let count = 0
  const listener = () => count++
  client!.on('query', listener)
  await work()
  client!.removeListener('query', listener)
  return count
}

test.group('Servers', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('SRV-03: a contractor sees all his servers and nobody else’s', async ({
    assert,
    client,
  }) => {
    const { contract, contractor, server } = await makeTenant()
    const second = await makeServer(contract, 'building')
    const other = await makeTenant()
    const page = await client.get('/servers').loginAs(contractor)
    for (const text of [server.name, second.name, '稼働中', '準備中', server.address!, '100 GB']) {
      page.assertTextIncludes(text)
    }
    assert.notInclude(page.text(), other.server.name)
  })

  test('a server page shows its domains, its address and its plan', async ({ client }) => {
    const { contractor, server, domain } = await makeTenant()
    const page = await client.get(`/servers/${server.id}`).loginAs(contractor)
    for (const text of [domain.name, server.address!, 'プラン A（仮想専用）', '公開中']) {
      page.assertTextIncludes(text)
    }
  })

  test('PNL-03: a server that cannot be reached is told about, and the page works', async ({
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    const page = await client.get(`/servers/${server.id}/meters`).loginAs(contractor)
    page.assertStatus(200)
    page.assertTextIncludes('サーバの状態を取得できません')
    const json = await client.get(`/servers/${server.id}/meters`).accept('json').loginAs(contractor)
    json.assertBodyContains({ reachable: false })
  })

  test('the number of queries does not grow with the rows', async ({ assert, client }) => {
    const { contractor, server, domain } = await makeTenant()
    const pages = [
      '/servers',
      `/servers/${server.id}`,
      '/domains',
      `/domains/${domain.id}/mailboxes`,
    ]
    const ask = () => Promise.all(pages.map((page) => client.get(page).loginAs(contractor)))
    const few = await queriesOf(ask)
    for (let index = 0; index < 15; index++) {
      await makeDomain(server)
      await makeMailbox(domain, server)
    }
    const many = await queriesOf(ask)
    assert.isAbove(few, 0)
    assert.equal(many, few)
  })
})

test.group('SRV-03: what the list of servers tells', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('SRV-03: addresses, disk that is used, domains, and what should be looked after', async ({
    assert,
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    await server.merge({ machineStatus: 'missing', diskUsedMb: 95 * 1024 }).save()
    const { computeNodeId } = server
    const more = { computeNodeId, serverId: server.id }
    await ServerAddress.createMany([
      { ...more, address: server.address! },
      { ...more, address: '198.51.100.7' },
    ])
    const page = await client.get('/servers').loginAs(contractor)
    for (const text of ['ほか1個', '95 GB / 100 GB', '実体が見つかりません', '90%を超えています']) {
      page.assertTextIncludes(text)
    }
    const own = await client.get(`/servers/${server.id}`).loginAs(contractor)
    own.assertTextIncludes('実体が見つかりません')
    const staff = await makeStaff()
    const theirs = await client.get(`/staff/servers/${server.id}`).withGuard('staff').loginAs(staff)
    theirs.assertTextIncludes(`/staff/servers/${server.id}/rebuilds/create`)
    theirs.assertTextIncludes('空のサーバを勝手に作り直すことはありません')
    await server.merge({ machineStatus: 'running', diskUsedMb: 1024 }).save()
    const calm = await client.get('/servers').loginAs(contractor)
    assert.notInclude(calm.text(), '実体が見つかりません')
    assert.notInclude(calm.text(), '90%を超えています')
  })

  test('SRV-03: a long list is cut by the database, searched, and asks no more queries', async ({
    assert,
    client,
  }) => {
    const { contract, contractor, server } = await makeTenant()
    for (let index = 0; index < 20; index++) await makeServer(contract)
    const few = await queriesOf(() => client.get('/servers').loginAs(contractor))
    for (let index = 0; index < 15; index++) await makeServer(contract)
    const many = await queriesOf(() => client.get('/servers').loginAs(contractor))
    assert.equal(many, few)
    const second = await client.get('/servers').qs({ page: 2 }).loginAs(contractor)
    assert.notInclude(second.text(), `/servers/${server.id}"`)
    await server.merge({ description: '本番の受付サイト' }).save()
    const found = await client.get('/servers').qs({ q: '受付' }).loginAs(contractor)
    found.assertTextIncludes(server.name)
    const none = await client.get('/servers').qs({ q: '%' }).loginAs(contractor)
    none.assertTextIncludes('条件に合うサーバはありません')
  })
})
