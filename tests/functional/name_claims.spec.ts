import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { ApiClient } from '@japa/api-client'
import {
  makeDeletion,
  makeContract,
  makeDomain,
  makeNameClaim,
  makeStaff,
  makeTenant,
  type Tenant,
} from '#database/factories/tenant'
import EndDomainDeletions from '#jobs/end_domain_deletions'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import NameClaim from '#models/name_claim'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import env from '#start/env'
import { FakeDns, type Zone } from '#tests/support/fake_dns'
import { serveForeignSite } from '#tests/support/foreign_site'

type Input = Record<string, unknown>

function send(client: ApiClient, path: string, { contractor }: Tenant, input: Input = {}) {
  return client
    .post(path)
    .header('referer', path)
    .form(input)
    .loginAs(contractor)
    .withCsrfToken()
    .redirects(0)
}

const claimName = (client: ApiClient, tenant: Tenant, name: string) =>
  send(client, `/servers/${tenant.server.id}/name_claims`, tenant, { name })

const check = (client: ApiClient, tenant: Tenant, { id }: NameClaim) =>
  send(client, `/name_claims/${id}/check`, tenant)

const addDomain = (client: ApiClient, tenant: Tenant, name: string) =>
  send(client, `/servers/${tenant.server.id}/domains`, tenant, {
    name,
    password: 'Blue.Kettle-sings42',
    quota_mb: 500,
  })

async function decide(client: ApiClient, { id }: NameClaim, what: string, input: Input) {
  const staff = await makeStaff()
  return client
    .post(`/staff/name_claims/${id}/${what}`)
    .form(input)
    .withGuard('staff')
    .loginAs(staff)
    .withCsrfToken()
    .redirects(0)
}

const errorsOf = (response: { flashMessage(name: string): unknown }) =>
  JSON.stringify(response.flashMessage('inputErrorsBag') ?? {})

type Cleanup = (handler: () => void) => void

/** What the panel's name server answers in one test. */
async function publish(zone: Zone, cleanup: Cleanup) {
  const dns = await FakeDns.start(zone)
  const before = env.get('DNS_SERVERS')
  env.set('DNS_SERVERS', dns.address)
  cleanup(() => {
    env.set('DNS_SERVERS', before ?? '')
    dns.stop()
  })
  return dns
}

/** Somebody who has the name, and somebody who wants it. */
async function parties(name = 'hatsukari.jp') {
  const holder = await makeTenant()
  const { domain } = await makeDomain(holder.server, name)
  return { holder: { ...holder, domain }, claimant: await makeTenant() }
}

const zoneOf = ({ record }: NameClaim) => ({ [record.name]: { txt: [[record.value]] } })

test.group('Claims of names', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('OPT-10: who has no server proves that a name below another’s is his, and has its zone', async ({
    assert,
    cleanup,
    client,
  }) => {
    await parties()
    const { contractor } = await makeContract()
    const post = (path: string, form: Record<string, string>) =>
      client
        .post(path)
        .header('referer', '/zones/create')
        .form(form)
        .loginAs(contractor)
        .withCsrfToken()
        .redirects(0)
    const refused = await post('/zones', { zone_name: 'dns.hatsukari.jp' })
    const form = await client
      .get('/zones/create')
      .withFlashMessages(refused.flashMessages())
      .loginAs(contractor)
    form.assertTextIncludes('/zone_claims/create?name=dns.hatsukari.jp')
    await post('/zone_claims', { name: 'dns.hatsukari.jp' })
    const claim = await NameClaim.findByOrFail('name', 'dns.hatsukari.jp')
    assert.isNull(claim.serverId)
    await publish(zoneOf(claim), cleanup)
    await post(`/name_claims/${claim.id}/check`, {})
    const page = await client.get(`/name_claims/${claim.id}`).loginAs(contractor)
    page.assertTextIncludes('/zones/create')
    const added = await post('/zones', { zone_name: 'dns.hatsukari.jp' })
    assert.equal(errorsOf(added), '{}')
  })

  test('DOM-01: who is refused a name is shown how to prove that it is his', async ({
    assert,
    client,
  }) => {
    const { claimant } = await parties()
    const refusal = await addDomain(client, claimant, 'hatsukari.jp')
    const form = await client
      .get(`/servers/${claimant.server.id}/domains/create`)
      .withFlashMessages(refusal.flashMessages())
      .loginAs(claimant.contractor)
    form.assertTextIncludes(`/servers/${claimant.server.id}/name_claims/create?name=hatsukari.jp`)

    const response = await claimName(client, claimant, 'HATSUKARI.jp.')
    const claim = await NameClaim.findByOrFail('name', 'hatsukari.jp')
    response.assertHeader('location', `/name_claims/${claim.id}`)
    assert.match(claim.token, /^[0-9a-f]{48}$/)
    const page = await client.get(`/name_claims/${claim.id}`).loginAs(claimant.contractor)
    for (const text of [claim.record.name, claim.record.value, claim.file.path, claim.file.content])
      page.assertTextIncludes(
        `data-copy="${text.startsWith('/') ? 'http://hatsukari.jp' : ''}${text}"`
      )
    const list = await client.get('/name_claims').loginAs(claimant.contractor)
    list.assertTextIncludes('hatsukari.jp')
  })

  test('DOM-01: a name that is free or one’s own needs no proof, and asking twice makes one', async ({
    assert,
    client,
  }) => {
    const { holder, claimant } = await parties()
    assert.include(
      errorsOf(await claimName(client, claimant, 'free.example.co.jp')),
      '必要ありません'
    )
    assert.include(errorsOf(await claimName(client, holder, 'hatsukari.jp')), 'すでにお客さま')
    assert.include(errorsOf(await claimName(client, claimant, 'co.jp')), '共有する末尾')
    assert.include(errorsOf(await claimName(client, claimant, 'x.smc-msv.jp')), '当社が提供')
    await claimName(client, claimant, 'hatsukari.jp')
    await claimName(client, claimant, 'hatsukari.jp')
    assert.lengthOf(await NameClaim.query().where('name', 'hatsukari.jp'), 1)
  })

  test('DOM-01: a TXT record proves a name below or above another’s, which is then added', async ({
    assert,
    client,
    cleanup,
  }) => {
    for (const [held, wanted] of [
      ['hatsukari.jp', 'shop.hatsukari.jp'],
      ['mise.kamome.jp', 'kamome.jp'],
    ]) {
      const { holder, claimant } = await parties(held)
      await claimName(client, claimant, wanted)
      const claim = await NameClaim.findByOrFail('name', wanted)
      assert.include(errorsOf(await addDomain(client, claimant, wanted)), '上位または下位')
      await publish(zoneOf(claim), cleanup)
      await check(client, claimant, claim)
      await claim.refresh()
      assert.deepEqual([claim.state, claim.proof, claim.decidedBy], ['approved', 'txt', null])

      const added = await addDomain(client, claimant, wanted)
      assert.match(added.header('location') ?? '', /^\/domains\//)
      await claim.refresh()
      assert.equal(claim.state, 'used')
      const kept = await Domain.findByOrFail('name', held)
      assert.equal(kept.contractId, holder.contract.id)
      // Below what he proved he needs no other proof; beside it he does
      const below = await addDomain(client, claimant, `a.${wanted}`)
      const isAllowed = /^\/domains\//.test(below.header('location') ?? '')
      assert.isTrue(isAllowed)
    }
  })

  test('DOM-01: what is not there, differs or does not answer is told, and proves nothing', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { claimant } = await parties()
    await claimName(client, claimant, 'hatsukari.jp')
    const claim = await NameClaim.findByOrFail('name', 'hatsukari.jp')
    const dns = await publish({}, cleanup)
    const zones: [Zone, string, string][] = [
      [{}, 'missing', 'no_address'],
      [{ [claim.record.name]: { txt: [[`x${claim.record.value}`]] } }, 'differs', 'no_address'],
      [{ [claim.record.name]: { txt: [[claim.token.slice(1)]] } }, 'differs', 'no_address'],
      [{ 'hatsukari.jp': { a: ['127.0.0.1'] } }, 'missing', 'private_address'],
      [
        { 'hatsukari.jp': { a: ['10.0.0.1'], txt: [[claim.record.value]] } },
        'missing',
        'private_address',
      ],
      [{ [claim.record.name]: 'refused', 'hatsukari.jp': 'refused' }, 'no_answer', 'no_answer'],
    ]
    for (const [zone, txt, file] of zones) {
      dns.zone = zone
      const response = await check(client, claimant, claim)
      const findings = response.flashMessage('findings') as { txt: string; file: string }
      assert.deepEqual([findings.txt, findings.file], [txt, file])
      const page = await client
        .get(`/name_claims/${claim.id}`)
        .withFlashMessages(response.flashMessages())
        .loginAs(claimant.contractor)
      page.assertTextIncludes('まだ確認できません')
      await claim.refresh()
      assert.equal(claim.state, 'open')
    }
  })

  test('DOM-01: a file of the present site proves it, too, and only with its content', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { claimant } = await parties()
    await claimName(client, claimant, 'shop.hatsukari.jp')
    const claim = await NameClaim.findByOrFail('name', 'shop.hatsukari.jp')
    await publish({ 'shop.hatsukari.jp': { a: ['127.0.0.1'] } }, cleanup)
    let content = 'something else'
    await serveForeignSite(({ url, headers }, answer) => {
      const isIt = url === claim.file.path && headers.host === claim.name
      answer.writeHead(isIt ? 200 : 404).end(content)
    }, cleanup)
    const wrong = await check(client, claimant, claim)
    assert.propertyVal(wrong.flashMessage('findings'), 'file', 'differs')
    content = `${claim.file.content}\n`
    await check(client, claimant, claim)
    await claim.refresh()
    assert.deepEqual([claim.state, claim.proof], ['approved', 'file'])
  })

  test('DOM-01: a name that somebody has is not his loss before staff decided', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { holder, claimant } = await parties()
    await claimName(client, claimant, 'hatsukari.jp')
    const claim = await NameClaim.findByOrFail('name', 'hatsukari.jp')
    await publish(zoneOf(claim), cleanup)
    await check(client, claimant, claim)
    await claim.refresh()
    assert.equal(claim.state, 'proved')
    assert.include(errorsOf(await addDomain(client, claimant, 'hatsukari.jp')), 'ほかのお客さま')
    assert.isNull(await DomainDeletion.findBy('domainId', holder.domain.id))
    const log = await client.get('/operation_logs').loginAs(holder.contractor)
    log.assertTextIncludes('ほかのお客さまによるドメインの所有の申し出')
    assert.notInclude(log.text(), claimant.contract.code)
  })

  test('DOM-01: approved, the holder’s domain stops and waits; when it is gone the name is had', async ({
    assert,
    client,
  }) => {
    const { holder, claimant } = await parties()
    const claim = await makeNameClaim(claimant.server, 'hatsukari.jp', 'proved')
    await decide(client, claim, 'approval', { handover: 'later', reason: '確認しました。' })
    const deletion = await DomainDeletion.findByOrFail('domainId', holder.domain.id)
    assert.equal(deletion.nameClaimId, claim.id)
    assert.approximately(deletion.endsAt.diff(DateTime.utc(), 'days').days, 14, 0.01)
    const task = await Task.query().where('server_id', holder.server.id).firstOrFail()
    assert.equal(task.kind, 'converge_server')
    assert.include(errorsOf(await addDomain(client, claimant, 'hatsukari.jp')), '引き渡しの準備中')

    await deletion.merge({ endsAt: DateTime.utc().minus({ minutes: 1 }) }).save()
    const quietRun = { signal: new AbortController().signal, log: async () => {} }
    await new EndDomainDeletions().handle(quietRun)
    await Domain.query().where('id', holder.domain.id).delete()
    const page = await client.get(`/name_claims/${claim.id}`).loginAs(claimant.contractor)
    page.assertTextIncludes('確認しました。')
    const added = await addDomain(client, claimant, 'hatsukari.jp')
    assert.match(added.header('location') ?? '', /^\/domains\//)
    const log = await client.get('/operation_logs').loginAs(holder.contractor)
    log.assertTextIncludes('引き渡し')
  })

  test('DOM-01: approved at once, nothing of the holder’s is kept; a waiting one ends no later', async ({
    assert,
    client,
  }) => {
    const { holder, claimant } = await parties()
    await makeDeletion(holder.domain, 10)
    const claim = await makeNameClaim(claimant.server, 'hatsukari.jp', 'open')
    await decide(client, claim, 'approval', { handover: 'now' })
    const [due] = await DomainDeletion.due()
    assert.equal(due.domainId, holder.domain.id)
    assert.isNotNull(await Task.findBy('kind', 'end_domain_deletions'))

    const second = await parties('kamome.jp')
    await makeDeletion(second.holder.domain, 2)
    const other = await makeNameClaim(second.claimant.server, 'kamome.jp', 'proved')
    await decide(client, other, 'approval', { handover: 'later' })
    const waiting = await DomainDeletion.findByOrFail('domainId', second.holder.domain.id)
    assert.approximately(waiting.endsAt.diff(DateTime.utc(), 'days').days, 2, 0.01)
  })

  test('DOM-01: refused with a reason, the name stays, and it is not decided again', async ({
    assert,
    client,
  }) => {
    const { holder, claimant } = await parties()
    const claim = await makeNameClaim(claimant.server, 'hatsukari.jp', 'proved')
    const none = await decide(client, claim, 'refusal', { refusal_reason: '' })
    assert.property(none.flashMessage('inputErrorsBag'), 'refusal_reason')
    await decide(client, claim, 'refusal', { refusal_reason: '登記<b>を確認できませんでした。' })
    const page = await client.get(`/name_claims/${claim.id}`).loginAs(claimant.contractor)
    page.assertTextIncludes('登記&lt;b&gt;を確認できませんでした。')
    await decide(client, claim, 'approval', { handover: 'now' })
    await claim.refresh()
    assert.equal(claim.state, 'refused')
    assert.isNull(await DomainDeletion.findBy('domainId', holder.domain.id))
  })

  test('DOM-01: staff see who has the name and who wants it', async ({ client }) => {
    const { holder, claimant } = await parties()
    const claim = await makeNameClaim(claimant.server, 'hatsukari.jp', 'proved')
    const staff = await makeStaff()
    const list = await client.get('/staff/name_claims').withGuard('staff').loginAs(staff)
    list.assertTextIncludes('hatsukari.jp')
    const page = await client
      .get(`/staff/name_claims/${claim.id}`)
      .withGuard('staff')
      .loginAs(staff)
    page.assertTextIncludes(holder.contract.code)
    page.assertTextIncludes(claimant.contract.code)
    page.assertTextIncludes('承認する')
  })

  test('DOM-01: a claim that is withdrawn, refused or too old proves nothing any more', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { claimant } = await parties()
    for (const [index, state] of (['withdrawn', 'refused', 'used', 'open'] as const).entries()) {
      const claim = await makeNameClaim(claimant.server, `x${index}.hatsukari.jp`, state)
      if (state === 'open')
        await claim.merge({ expiresAt: DateTime.utc().minus({ days: 1 }) }).save()
      await publish(zoneOf(claim), cleanup)
      const response = await check(client, claimant, claim)
      assert.include(JSON.stringify(response.flashMessages()), 'すでに終わったか')
      await claim.refresh()
      assert.equal(claim.state, state)
    }
    const gone = await makeNameClaim(claimant.server, 'gone.hatsukari.jp', 'withdrawn')
    const actor = { by: claimant.contractor, ip: null }
    await assert.rejects(() => gone.prove('txt', actor), /name_claim_is_over/)
    const late = await makeNameClaim(claimant.server, 'late.hatsukari.jp', 'approved')
    await late.merge({ expiresAt: DateTime.utc().minus({ days: 1 }) }).save()
    assert.include(errorsOf(await addDomain(client, claimant, late.name)), '上位または下位')
  })

  test('DOM-01: one customer’s proof is nothing to another', async ({ assert, client }) => {
    const { claimant } = await parties()
    const other = await makeTenant()
    await makeNameClaim(claimant.server, 'shop.hatsukari.jp', 'approved')
    assert.include(errorsOf(await addDomain(client, other, 'shop.hatsukari.jp')), 'ほかのお客さま')
    assert.include(
      errorsOf(await addDomain(client, claimant, 'blog.hatsukari.jp')),
      '上位または下位'
    )
  })

  test('DOM-01: nobody snatches a name that was given to somebody and is not added yet', async ({
    assert,
    client,
  }) => {
    const [claimant, other] = [await makeTenant(), await makeTenant()]
    const claim = await makeNameClaim(claimant.server, 'hatsukari.jp', 'approved')
    assert.include(errorsOf(await addDomain(client, other, 'hatsukari.jp')), 'ほかのお客さま')
    await claimName(client, other, 'hatsukari.jp')
    assert.lengthOf(await NameClaim.query().where('name', 'hatsukari.jp'), 2)
    await addDomain(client, claimant, 'hatsukari.jp')
    await claim.refresh()
    assert.equal(claim.state, 'used')
  })

  test('DOM-01: he withdraws it himself', async ({ assert, client }) => {
    const { claimant } = await parties()
    const claim = await makeNameClaim(claimant.server, 'hatsukari.jp')
    await send(client, `/name_claims/${claim.id}?_method=DELETE`, claimant)
    await claim.refresh()
    assert.equal(claim.state, 'withdrawn')
    assert.isNotNull(await OperationLog.findBy('action', 'name_claim.destroy'))
  })

  test('security.md: nobody has many claims open, nor checks all the time', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { claimant } = await parties()
    for (let index = 0; index < 20; index++)
      await makeNameClaim(claimant.server, `y${index}.hatsukari.jp`)
    assert.include(errorsOf(await claimName(client, claimant, 'hatsukari.jp')), '20件まで')
    const claim = await NameClaim.findByOrFail('name', 'y1.hatsukari.jp')
    await publish({}, cleanup)
    let status = 302
    for (let tries = 0; tries < 22 && status === 302; tries++) {
      const response = await check(client, claimant, claim)
      status = response.status()
    }
    assert.equal(status, 429)
  })
})
