import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeDomain, makeMailbox, makeServer, makeTenant } from '#database/factories/tenant'

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
