import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import {
  makeContract,
  makeDeletion,
  makeDomain,
  makeNameClaim,
  makeServer,
  makeStaff,
  makeTenant,
} from '#database/factories/tenant'
import Account from '#models/account'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import type Server from '#models/server'

const secret = 'Blue.Kettle-sings42'
const name = 'shop.hatsukari.jp'

function add(client: ApiClient, account: Account, server: Server, input: object = {}) {
  return client
    .post(`/servers/${server.id}/domains`)
    .header('referer', `/servers/${server.id}/domains/create`)
    .form({ name, password: secret, quota_mb: 2048, ...input })
    .loginAs(account)
    .withCsrfToken()
    .redirects(0)
}

/** A contract with the name on its first server, and a second server. */
async function makeHolder() {
  const { contract, contractor } = await makeContract()
  const servers = [await makeServer(contract), await makeServer(contract)] as const
  const first = await makeDomain(servers[0], name)
  return { contract, contractor, servers, first: first.domain, admin: first.admin }
}

test.group('Names on several servers', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('DOM-01: a contract has its name on several of its servers, once on each', async ({
    assert,
    client,
  }) => {
    const { contractor, servers, first } = await makeHolder()
    const added = await add(client, contractor, servers[1])
    assert.match(added.header('location') ?? '', /^\/domains\/\d+\?apply=/)
    const again = await add(client, contractor, servers[1])
    assert.include(JSON.stringify(again.flashMessage('inputErrorsBag')), 'すでにお客さま')
    const second = await Domain.query().where({ name, serverId: servers[1].id }).firstOrFail()
    assert.deepEqual([first.namePlace, second.namePlace], [1, 2])
    assert.notEqual(second.testName, first.testName)
  })

  test('DOM-01: another contract gets it on none of its servers', async ({ assert, client }) => {
    const { contractor, servers } = await makeHolder()
    await add(client, contractor, servers[1])
    const stranger = await makeTenant()
    const refused = await add(client, stranger.contractor, stranger.server)
    assert.include(JSON.stringify(refused.flashMessage('inputErrorsBag')), 'ほかのお客さま')
    assert.lengthOf(await Domain.query().where({ name }), 2)
  })

  test('DOM-01: the database has the last word when two contracts take a name in the same moment', async ({
    assert,
  }) => {
    const { first } = await makeHolder()
    const stranger = await makeTenant()
    const row = { ...first.$attributes, id: undefined, testName: 'x.mngsv.biz', uid: 1, slot: 1 }
    const taken = { ...row, serverId: stranger.server.id, contractId: stranger.contract.id }
    await assert.rejects(() => Domain.create(taken), /UNIQUE|Duplicate/)
  })

  test('DOM-01, PNL-01: the admins of both sign in, each to his own', async ({
    assert,
    client,
  }) => {
    const { contractor, servers, first, admin } = await makeHolder()
    await add(client, contractor, servers[1])
    const second = await Domain.query().where({ name, serverId: servers[1].id }).firstOrFail()
    assert.equal(admin.login, `admin@${name}`)
    const login = `admin@${second.testName}`
    const other = await Account.findByOrFail('login', login)
    const signedIn = await Account.authenticate(login, secret)
    assert.equal(signedIn?.id, other.id)
    const seen = await client.get(`/domains/${first.id}`).loginAs(other)
    seen.assertStatus(404)
    const page = await client.get(`/domains/${second.id}`).loginAs(other)
    page.assertTextIncludes(login)
    assert.notInclude(page.text(), servers[0].name)
  })

  test('MAIL-10: programs of a further server send mail where the name’s mail goes', async ({
    assert,
    client,
  }) => {
    const { contractor, servers, first } = await makeHolder()
    await add(client, contractor, servers[1])
    const second = await Domain.query().where({ name, serverId: servers[1].id }).firstOrFail()
    await first.refresh()
    assert.isFalse(Boolean(first.outMx))
    assert.isTrue(Boolean(second.outMx))
  })

  test('DOM-02: a ready domain is on one server', async ({ assert, client }) => {
    const { contractor, servers } = await makeHolder()
    const post = (server: Server) =>
      client
        .post(`/servers/${server.id}/ready_domains`)
        .form({ label: 'hatsukari', suffix: 'smc-msv.jp', password: secret, quota_mb: 2048 })
        .loginAs(contractor)
        .withCsrfToken()
        .redirects(0)
    const added = await post(servers[0])
    assert.match(added.header('location') ?? '', /^\/domains\//)
    const refused = await post(servers[1])
    assert.include(JSON.stringify(refused.flashMessages()), 'すでに')
    assert.lengthOf(await Domain.query().where('name', 'hatsukari.smc-msv.jp'), 1)
  })

  test('DOM-01: what was given to somebody else is added nowhere else any more', async ({
    assert,
    client,
  }) => {
    const { contractor, servers } = await makeHolder()
    const claimant = await makeTenant()
    await makeNameClaim(claimant.server, name, 'approved')
    const refused = await add(client, contractor, servers[1])
    assert.include(JSON.stringify(refused.flashMessage('inputErrorsBag')), 'ほかのお客さま')
  })

  test('DOM-01: a name that goes to somebody else goes from all servers', async ({
    assert,
    client,
  }) => {
    const { contractor, servers } = await makeHolder()
    await add(client, contractor, servers[1])
    const claimant = await makeTenant()
    const claim = await makeNameClaim(claimant.server, name, 'proved')
    await claim.approveBy(await makeStaff(), { handover: 'later', reason: null })
    assert.lengthOf(await DomainDeletion.query().where('nameClaimId', claim.id), 2)
    const refused = await add(client, claimant.contractor, claimant.server)
    assert.include(JSON.stringify(refused.flashMessage('inputErrorsBag')), '引き渡しの準備中')
  })

  test('DOM-05: one that waits for its end keeps its server, and the others go on', async ({
    assert,
    client,
  }) => {
    const { contractor, servers, first } = await makeHolder()
    await makeDeletion(first)
    const here = await add(client, contractor, servers[0])
    assert.include(JSON.stringify(here.flashMessage('inputErrorsBag')), '削除したドメイン')
    const there = await add(client, contractor, servers[1])
    assert.match(there.header('location') ?? '', /^\/domains\//)
  })

  test('DOM-01: lists say on which server each of them is', async ({ client }) => {
    const { contractor, servers } = await makeHolder()
    await add(client, contractor, servers[1])
    const page = await client.get('/domains').loginAs(contractor)
    for (const server of servers) page.assertTextIncludes(`サーバ ${server.name}`)
    const domain = await Domain.query().where({ name, serverId: servers[1].id }).firstOrFail()
    const own = await client.get(`/domains/${domain.id}`).loginAs(contractor)
    own.assertTextIncludes(servers[0].name)
  })
})
