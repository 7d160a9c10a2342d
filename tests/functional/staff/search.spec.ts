import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeOrder } from '#database/factories/order'
import { makeDomain, makeStaff, makeTenant, makeZone } from '#database/factories/tenant'
import Contract from '#models/contract'
import MailingList from '#models/mailing_list'
import { search } from '#models/search'
import { queriesOf } from '#tests/support/counted_queries'

/** What is found, as `kind title`. */
async function found(text: string) {
  const groups = await search(text)
  return groups.flatMap(({ kind, rows }) => rows.map(({ title }) => `${kind} ${title}`))
}

test.group('Search', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPS-07: a contract is found by its ID and by any part of its name', async ({ assert }) => {
    const { contract } = await makeTenant()
    await contract.merge({ name: '株式会社つかさ食品' }).save()
    assert.include(await found(contract.code), `contract ${contract.code}`)
    assert.include(
      await found(contract.code.toUpperCase().slice(0, -1)),
      `contract ${contract.code}`
    )
    assert.deepEqual(await found('つかさ食'), [`contract ${contract.code}`])
    assert.deepEqual(await found('100%'), [])
  })

  test('OPS-07: a server is found by its name, its host name and each of its addresses', async ({
    assert,
  }) => {
    const { server } = await makeTenant()
    await server.merge({ address: '198.51.100.7' }).save()
    await db.table('server_addresses').insert({
      ...{ compute_node_id: server.computeNodeId, server_id: server.id, address: '198.51.100.77' },
    })
    assert.include(await found(server.name), `server ${server.name}`)
    assert.include(await found(server.hostname), `server ${server.name}`)
    assert.deepEqual(await found('198.51.100.7'), ['address 198.51.100.77', 'address 198.51.100.7'])
    const [{ rows }] = await search('198.51.100.77')
    assert.deepEqual(rows, [
      { title: '198.51.100.77', note: server.name, url: `/staff/servers/${server.id}` },
    ])
  })

  test('OPS-07: a domain is found by how either form of its name begins, and those below it too', async ({
    assert,
  }) => {
    const { server } = await makeTenant()
    await makeDomain(server, 'xn--wgv71a119e.jp', '日本語.jp')
    await makeDomain(server, 'shop.tsukasa-shop.jp')
    for (const text of ['日本語.jp', '日本', 'xn--wgv71', '日本語．ｊｐ', 'XN--WGV71A119E.JP']) {
      assert.include(await found(text), 'domain 日本語.jp', text)
    }
    assert.deepEqual(await found('tsukasa-shop.jp'), ['domain shop.tsukasa-shop.jp'])
    assert.notInclude(await found('本語'), 'domain 日本語.jp')
  })

  test('OPS-07: mailboxes and mailing lists are found by their address, zones and orders too', async ({
    assert,
  }) => {
    const { server } = await makeTenant()
    const { domain } = await makeDomain(server, 'xn--wgv71a119e.jp', '日本語.jp')
    await MailingList.create({ domainId: domain.id, localPart: 'kaigi' })
    const zone = await makeZone(server, 'zone-of-tsukasa.jp')
    const order = await makeOrder(domain)
    assert.include(await found('admin@日本語'), 'mailbox admin@xn--wgv71a119e.jp')
    assert.include(await found('admin@xn--wgv71a119e.jp'), 'mailbox admin@xn--wgv71a119e.jp')
    assert.deepEqual(await found('kaigi'), ['mailing_list kaigi@日本語.jp'])
    assert.deepEqual(await found('kaigi@日本語.jp'), ['mailing_list kaigi@日本語.jp'])
    assert.deepEqual(await found('zone-of'), [`zone ${zone.unicodeName}`])
    assert.include(await found(`#${order.id}`), `order #${order.id}`)
  })

  test('OPS-07: what is typed is text and never a pattern, and nothing finds nothing', async ({
    assert,
  }) => {
    await makeTenant()
    for (const text of ['', '  ', '%', '_', "'", '!', '\u0000', '@', '.', '日本語'.repeat(100)]) {
      assert.deepEqual(await found(text), [], JSON.stringify(text))
    }
  })

  test('OPS-07: the page shows ten of a kind and says that there are more, in few queries', async ({
    assert,
    client,
  }) => {
    const names = Array.from({ length: 11 }, (_, index) => ({
      code: `many${index}`,
      name: '<b>多</b>',
    }))
    await Contract.createMany(names)
    const staff = await makeStaff('support')
    const asked = await queriesOf(async () => {
      const page = await client.get('/staff/search?q=many').withGuard('staff').loginAs(staff)
      page.assertTextIncludes('ほかにもあります')
      assert.notInclude(page.text(), '<b>多')
      assert.lengthOf(page.text().match(/class="found__item"/g) ?? [], 10)
    })
    assert.isBelow(asked, 16)
    const empty = await client.get('/staff/search').withGuard('staff').loginAs(staff)
    empty.assertStatus(200)
  })
})

test.group('All servers', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPS-07: servers are listed a page at a time, by state and by what was typed', async ({
    assert,
    client,
  }) => {
    const [one, other] = [await makeTenant(), await makeTenant()]
    await other.server.merge({ state: 'stopped' }).save()
    await one.server.merge({ lastRunState: 'failed' }).save()
    const staff = await makeStaff('support')
    const listed = async (query: string) => {
      const page = await client.get(`/staff/servers?${query}`).withGuard('staff').loginAs(staff)
      page.assertStatus(200)
      return [one, other].map(({ server }) => page.text().includes(`>${server.name}</a>`))
    }
    assert.deepEqual(await listed(''), [true, true])
    assert.deepEqual(await listed('state=stopped'), [false, true])
    assert.deepEqual(await listed('state=unsettled'), [true, false])
    assert.deepEqual(await listed('state=put_right'), [false, false])
    assert.deepEqual(await listed(`q=${one.contract.code}`), [true, false])
    assert.deepEqual(await listed(`q=${other.server.name}`), [false, true])
    assert.deepEqual(await listed('state=nonsense&page=-1'), [true, true])
    const asked = await queriesOf(() => listed(''))
    assert.isBelow(asked, 16)
  })
})
