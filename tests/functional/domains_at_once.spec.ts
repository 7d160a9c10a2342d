import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeDeletion, makeTenant, type Tenant } from '#database/factories/tenant'
import Account from '#models/account'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import NameClaim from '#models/name_claim'
import Task from '#models/task'

const fields = { password: 'Blue.Kettle-sings42', quota_mb: 500 }

function send(client: ApiClient, path: string, { contractor }: Tenant, input: object) {
  return client.post(path).form(input).loginAs(contractor).withCsrfToken().redirects(0)
}

const addReady = (client: ApiClient, tenant: Tenant, label: string) =>
  send(client, `/servers/${tenant.server.id}/ready_domains`, tenant, {
    ...fields,
    label,
    suffix: 'l-biz.jp',
  })

const isAdded = (response: { header(name: string): string | undefined }) =>
  /^\/domains\/\d+/.test(response.header('location') ?? '')

/** Each request has a transaction of its own, as it has in the panel. */
test.group('Domains at the same moment', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  test('DOM-02: of several who want one ready name in the same moment one gets it', async ({
    assert,
    client,
  }) => {
    const tenants = [await makeTenant(), await makeTenant(), await makeTenant()]
    for (let round = 0; round < 4; round++) {
      const label = `round${round}`
      const posts = [...tenants, ...tenants].map((tenant) => addReady(client, tenant, label))
      const answers = await Promise.all(posts)
      assert.deepEqual([...new Set(answers.map((each) => each.status()))], [302])
      assert.lengthOf(answers.filter(isAdded), 1)
      const found = await Domain.query().where('name', `${label}.l-biz.jp`)
      assert.lengthOf(found, 1)
      assert.lengthOf(await Account.query().where('login', `admin@${label}.l-biz.jp`), 1)
    }
    assert.lengthOf(await Task.query().where('kind', 'converge_server'), 4)
    assert.lengthOf(await Task.query().where('kind', 'publish_names'), 4)
  }).timeout(60_000)

  test('DOM-01: a name, its parent and its child, wanted by three in the same moment, are one’s', async ({
    assert,
  }) => {
    const tenants = [await makeTenant(), await makeTenant(), await makeTenant()]
    const adminPasswordHash = await Account.hashSshPassword(fields.password)
    for (let round = 0; round < 6; round++) {
      const names = [`r${round}.jp`, `shop.r${round}.jp`, `a.shop.r${round}.jp`]
      const wishes = tenants.map(({ contractor, server }, index) => {
        const name = { ascii: names[index], unicode: names[index] }
        return Domain.add(server, { name, adminPasswordHash }, { by: contractor, ip: null })
      })
      const done = await Promise.allSettled(wishes)
      assert.lengthOf(
        done.filter(({ status }) => status === 'fulfilled'),
        1,
        JSON.stringify(done)
      )
      assert.lengthOf(await Domain.query().whereIn('name', names), 1)
    }
  }).timeout(60_000)

  test('DOM-05: two clicks delete a domain once; restored and removed in the same moment it is one of both', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { domain } = tenant
    const clicks = Array.from({ length: 4 }, () =>
      send(client, `/domains/${domain.id}/deletion`, tenant, { name: domain.name })
    )
    const answers = await Promise.all(clicks)
    assert.includeMembers(
      [302, 404],
      answers.map((each) => each.status())
    )
    assert.lengthOf(await DomainDeletion.all(), 1)
    assert.lengthOf(await Task.all(), 1)

    const deletion = await DomainDeletion.findByOrFail('domainId', domain.id)
    await Promise.all([
      send(client, `/domain_deletions/${deletion.id}?_method=DELETE`, tenant, {}),
      send(client, `/domains/${domain.id}/removal`, tenant, { name: domain.name }),
    ])
    await domain.refresh()
    assert.lengthOf(await DomainDeletion.all(), 0)
    // Restored first, it was still removed; removed first, there was nothing to restore
    assert.isNotNull(domain.deletedAt)
    assert.lengthOf(await Account.query().where('domainId', domain.id), 0)
  }).timeout(60_000)

  test('DOM-01: claimed twice in the same moment there is one claim', async ({
    assert,
    client,
  }) => {
    const [holder, claimant] = [await makeTenant(), await makeTenant()]
    await makeDeletion(holder.domain)
    const path = `/servers/${claimant.server.id}/name_claims`
    const clicks = Array.from({ length: 4 }, () =>
      send(client, path, claimant, { name: holder.domain.name })
    )
    const answers = await Promise.all(clicks)
    assert.equal(new Set(answers.map((each) => each.header('location'))).size, 1)
    assert.lengthOf(await NameClaim.all(), 1)
  }).timeout(60_000)
})
