import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { ApiClient } from '@japa/api-client'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import {
  makeDeletion,
  makeDomain,
  makeNameClaim,
  makeStaff,
  makeTenant,
  password,
  type Tenant,
} from '#database/factories/tenant'
import EndDomainDeletions from '#jobs/end_domain_deletions'
import type Account from '#models/account'
import AutomaticCertificate from '#models/automatic_certificate'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import Mailbox from '#models/mailbox'
import OperationLog from '#models/operation_log'
import Task from '#models/task'

function send(client: ApiClient, path: string, by: Account, input: Record<string, unknown> = {}) {
  return client
    .post(path)
    .header('referer', path)
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

function remove(client: ApiClient, { contractor, domain }: Tenant, name = domain.name) {
  return send(client, `/domains/${domain.id}/deletion`, contractor, { name })
}

const deletionOf = ({ domain }: Tenant) => DomainDeletion.findByOrFail('domainId', domain.id)

async function headOf({ server, domain }: Tenant) {
  const { domains } = await loadDesiredServer(server.id, [])
  return domains.find(({ id }) => id === domain.id)
}

const quietRun = { signal: new AbortController().signal, log: async () => {} }

test.group('Deleted domains', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('DOM-05: who deletes is told before what goes, and that it can be restored', async ({
    assert,
    client,
  }) => {
    const { contractor, domain } = await makeTenant()
    const page = await client.get(`/domains/${domain.id}/deletion`).loginAs(contractor)
    for (const words of ['14日間は', 'メーリングリスト 0 個', 'share', 'データベース'])
      page.assertTextIncludes(words)
    assert.match(page.text(), /ユーザ\s+2\s+人/)
  })

  test('DOM-05: old links to a deleted domain lead its contractor, and nobody else, to where it is restored', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { contractor, domain, user } = tenant
    const other = await makeTenant()
    await remove(client, tenant)
    const { id } = await deletionOf(tenant)
    const pages = ['', '/web', '/web/certificates/1', '/mailboxes', '/disk_quota']
    const get = (page: string, by: Account) =>
      client.get(`/domains/${domain.id}${page}`).loginAs(by).redirects(0)
    for (const page of pages) {
      const response = await get(page, contractor)
      response.assertHeader('location', `/domain_deletions/${id}`)
      assert.include(response.flashMessage('warning'), domain.name)
      const foreign = await get(page, other.contractor)
      foreign.assertStatus(404)
    }
    const unknown = await client.get('/domains/999999').loginAs(contractor).redirects(0)
    unknown.assertStatus(404)
    const posted = await send(client, `/domains/${domain.id}/suspension`, contractor)
    posted.assertStatus(404)
    const signedOut = await get('', user)
    signedOut.assertHeader('location', '/sign_in')
  })

  test('DOM-05: without the name nothing is deleted', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const refused = await remove(client, tenant, 'example.jp')
    assert.include(JSON.stringify(refused.flashMessage('inputErrorsBag')), '一致していません')
    assert.isNull(await DomainDeletion.findBy('domainId', tenant.domain.id))
    const line = await OperationLog.query().where('action', 'domain.destroy').firstOrFail()
    assert.deepEqual([Boolean(line.succeeded), line.domainId], [false, tenant.domain.id])
  })

  test('DOM-05: a deleted domain serves nothing, keeps everything and is on the list', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const response = await remove(client, tenant)
    const deletion = await deletionOf(tenant)
    const task = await Task.query().where('server_id', tenant.server.id).firstOrFail()
    response.assertHeader('location', `/domain_deletions/${deletion.id}?apply=${task.id}`)
    const days = deletion.endsAt.diff(DateTime.utc(), 'days').days
    assert.approximately(days, 14, 0.01)

    const head = await headOf(tenant)
    assert.isTrue(head!.suspended)
    assert.lengthOf(await Mailbox.query().where('domainId', tenant.domain.id), 2)
    const list = await client.get('/domain_deletions').loginAs(tenant.contractor)
    list.assertTextIncludes(tenant.domain.name)
    const page = await client.get(`/domain_deletions/${deletion.id}`).loginAs(tenant.contractor)
    page.assertTextIncludes('ドメインを元に戻す')
    const domains = await client.get('/domains').loginAs(tenant.contractor)
    domains.assertTextIncludes('削除済み')
    domains.assertTextIncludes(`/domain_deletions/${deletion.id}`)
  })

  test('DOM-05: while it waits nobody changes it, and its people are out', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, contractor, domain, mailbox, user } = tenant
    const { id } = await makeDeletion(domain)
    for (const path of [`/domains/${domain.id}`, `/domains/${domain.id}/deletion`]) {
      const answer = await client.get(path).loginAs(contractor).redirects(0)
      answer.assertHeader('location', `/domain_deletions/${id}`)
    }
    const gone = await client.get(`/mailboxes/${mailbox.id}`).loginAs(contractor)
    gone.assertStatus(404)
    for (const person of [admin, user]) {
      const answer = await client.get('/password').loginAs(person).redirects(0)
      answer.assertHeader('location', '/sign_in')
      const attempt = await client
        .post('/sign_in')
        .form({ login: person.login, password })
        .withCsrfToken()
        .redirects(0)
      assert.include(String(attempt.flashMessage('refusal')), '削除されたため')
    }
    await assert.rejects(
      () => domain.mail.setOutMx(true, { by: contractor, ip: null }),
      /waits_for_deletion/
    )
    await assert.rejects(
      () => mailbox.setUserScript(true, { by: contractor, ip: null }),
      /waits_for_deletion/
    )
    await assert.rejects(() => domain.suspend({ by: contractor, ip: null }), /waits_for_deletion/)
    const again = await remove(client, tenant)
    again.assertStatus(404)
  })

  test('DOM-05: a wrong password says nothing of a deletion', async ({ assert, client }) => {
    const { domain, user } = await makeTenant()
    await makeDeletion(domain)
    const attempt = await client
      .post('/sign_in')
      .form({ login: user.login, password: 'wrong' })
      .withCsrfToken()
      .redirects(0)
    assert.notInclude(String(attempt.flashMessage('refusal')), '削除')
  })

  test('DOM-05: its contractor restores it as it was', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { contractor, domain } = tenant
    await domain.suspend({ by: contractor, ip: null })
    const deletion = await makeDeletion(domain)
    const path = `/domain_deletions/${deletion.id}?_method=DELETE`
    const response = await send(client, path, contractor)
    assert.match(response.header('location') ?? '', new RegExp(`^/domains/${domain.id}\\?apply=`))
    await domain.refresh()
    assert.isTrue(domain.isSuspended)
    assert.isNull(await DomainDeletion.find(deletion.id))
    const line = await OperationLog.query().where('action', 'domain_deletion.destroy').firstOrFail()
    assert.equal(line.domainId, domain.id)
    const again = await send(client, path, contractor)
    again.assertStatus(404)
  })

  test('DOM-05: its name stays claimed, for others and for itself', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const other = await makeTenant()
    await makeDeletion(tenant.domain)
    const add = ({ contractor, server }: Tenant, name: string) =>
      send(client, `/servers/${server.id}/domains`, contractor, {
        name,
        password: 'Blue.Kettle-sings42',
        quota_mb: 500,
      })
    const { name } = tenant.domain
    const answers = [
      await add(other, name),
      await add(other, `shop.${name}`),
      await add(tenant, name),
    ]
    const words = ['ほかのお客さま', '上位または下位', '元に戻せる状態']
    for (const [index, each] of answers.entries())
      assert.include(JSON.stringify(each.flashMessage('inputErrorsBag')), words[index])
  })

  test('DOM-05: it is removed for good before its end by who types its name', async ({
    assert,
    client,
  }) => {
    const { contractor, domain } = await makeTenant()
    await makeDeletion(domain)
    const page = await client.get(`/domains/${domain.id}/removal`).loginAs(contractor)
    page.assertTextIncludes('元に戻せません')
    const refused = await send(client, `/domains/${domain.id}/removal`, contractor, { name: '' })
    assert.property(refused.flashMessage('inputErrorsBag'), 'name')
    const { name } = domain
    await send(client, `/domains/${domain.id}/removal`, contractor, { name })
    await domain.refresh()
    assert.isNotNull(domain.deletedAt)
    assert.lengthOf(await Mailbox.query().where('domainId', domain.id), 0)
    assert.isNull(await DomainDeletion.findBy('domainId', domain.id))
  })

  test('DOM-05: the job removes what is due, tells so, and leaves what still waits', async ({
    assert,
  }) => {
    const [due, waiting] = [await makeTenant(), await makeTenant()]
    await makeDeletion(due.domain, -1)
    await makeDeletion(waiting.domain, 1)
    await new EndDomainDeletions().handle(quietRun)
    await due.domain.refresh()
    await waiting.domain.refresh()
    assert.isNotNull(due.domain.deletedAt)
    assert.isNull(waiting.domain.deletedAt)
    const line = await OperationLog.query().where('action', 'domain_removal.store').firstOrFail()
    assert.deepEqual([line.role, line.domainId], ['system', due.domain.id])
    await new EndDomainDeletions().handle(quietRun)
    assert.lengthOf(await OperationLog.query().where('action', 'domain_removal.store'), 1)
  })

  test('DOM-05: what was restored a moment ago is not removed by a job that was on its way', async ({
    assert,
  }) => {
    const { contractor, domain } = await makeTenant()
    await makeDeletion(domain, -1)
    const [due] = await DomainDeletion.due()
    const deletion = await DomainDeletion.findByOrFail('domainId', domain.id)
    await deletion.load('domain')
    await deletion.restore({ by: contractor, ip: null })
    assert.isFalse(await due.end())
    await domain.refresh()
    assert.isNull(domain.deletedAt)
  })

  test('WEB-09, DOM-05: no certificate is renewed for a domain that waits for its end', async ({
    assert,
  }) => {
    const { contractor, domain } = await makeTenant()
    const nextTryAt = DateTime.utc().minus({ hours: 1 })
    const row = { domainId: domain.id, names: '[]', ordered: '[]', state: 'waiting' as const }
    await AutomaticCertificate.create({ ...row, nextTryAt })
    assert.lengthOf(await AutomaticCertificate.due(DateTime.utc()), 1)
    const deletion = await makeDeletion(domain)
    assert.lengthOf(await AutomaticCertificate.due(DateTime.utc()), 0)
    await deletion.load('domain')
    await deletion.restore({ by: contractor, ip: null })
    assert.lengthOf(await AutomaticCertificate.due(DateTime.utc()), 1)
  })

  test('DOM-05: staff see all of them and restore one; customers read that support did', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { contractor, domain } = await makeTenant()
    const deletion = await makeDeletion(domain)
    const list = await client.get('/staff/domain_deletions').withGuard('staff').loginAs(staff)
    list.assertTextIncludes(domain.name)
    const page = await client
      .get(`/staff/domain_deletions/${deletion.id}`)
      .withGuard('staff')
      .loginAs(staff)
    page.assertTextIncludes('元に戻す')
    const response = await client
      .post(`/staff/domain_deletions/${deletion.id}?_method=DELETE`)
      .form({})
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)
    response.assertHeader('location', '/staff/domain_deletions')
    assert.isNull(await DomainDeletion.find(deletion.id))
    const log = await client.get('/operation_logs').loginAs(contractor)
    log.assertTextIncludes('削除したドメインの復元')
    log.assertTextIncludes('サポート')
    assert.notInclude(log.text(), staff.login)
  })

  test('DOM-01: a name that goes to somebody else comes back by staff alone', async ({
    assert,
    client,
  }) => {
    const { contractor, domain } = await makeTenant()
    const other = await makeTenant()
    const claim = await makeNameClaim(other.server, domain.name, 'approved')
    const deletion = await makeDeletion(domain)
    await deletion.merge({ nameClaimId: claim.id }).save()
    const refused = await send(
      client,
      `/domain_deletions/${deletion.id}?_method=DELETE`,
      contractor
    )
    assert.include(JSON.stringify(refused.flashMessages()), '元に戻せません')
    assert.isNotNull(await DomainDeletion.find(deletion.id))

    const staff = await makeStaff()
    await client
      .post(`/staff/domain_deletions/${deletion.id}?_method=DELETE`)
      .form({})
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)
    assert.isNull(await DomainDeletion.find(deletion.id))
    await claim.refresh()
    assert.equal(claim.state, 'proved')
  })

  test('DOM-01: 200 domains are on a server, those that wait among them', async ({
    assert,
    client,
  }) => {
    const { contractor, domain, server } = await makeTenant()
    await makeDeletion(domain)
    const { domain: pattern } = await makeDomain(server)
    const { id, createdAt, updatedAt, ...row } = pattern.$attributes as Record<string, unknown>
    const rows = Array.from({ length: 198 }, (_, index) => ({
      ...row,
      name: `full${index}.jp`,
      testName: `full${index}.mngsv.biz`,
      uid: 90_000 + index,
      slot: 900 + index,
    }))
    await Domain.createMany(rows)
    const response = await send(client, `/servers/${server.id}/domains`, contractor, {
      name: 'one-more.jp',
      password: 'Blue.Kettle-sings42',
      quota_mb: 500,
    })
    assert.include(JSON.stringify(response.flashMessage('inputErrorsBag')), '200個まで')
  })
})
