import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeDomain, makeStaff, makeTenant, type Tenant } from '#database/factories/tenant'
import type Account from '#models/account'
import BasicDns from '#models/basic_dns'
import { usualBasicDns } from '#models/basic_dns/lines'
import Domain from '#models/domain'
import { lockName } from '#models/domain/name_claim'
import NameServer from '#models/name_server'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import Zone from '#models/zone'
import { addDns, releaseDns } from '#models/zone/of_domain'

const dnsOf = ({ domain }: Tenant) => `/domains/${domain.id}/dns`
const usual = { pattern: 'A', web: 'here', mail: 'here' }

function save(client: ApiClient, tenant: Tenant, input: object, by: Account = tenant.contractor) {
  return client
    .post(`${dnsOf(tenant)}?_method=PUT`)
    .header('referer', `${dnsOf(tenant)}/edit`)
    .form({ ...usual, ...input })
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

/** As adding a domain leaves it. */
async function makeServed() {
  const tenant = await makeTenant()
  await tenant.server.merge({ address: '203.0.113.7' }).save()
  const { domain, contractor } = tenant
  await db.transaction(async (client) => {
    await lockName(domain.name, client)
    await addDns(domain, { by: contractor, ip: null }, client)
  })
  return tenant
}

const zoneOf = ({ domain }: Tenant) => Zone.findBy('name', domain.name)
const publishing = () => Task.query().where({ kind: 'publish_zone', state: 'queued' })

async function linesOf(tenant: Tenant) {
  const zone = await zoneOf(tenant)
  const lines = await zone!.lines(db)
  return lines.map(({ name, type, content }) => `${name} ${type} ${content}`)
}

const errorsOf = (response: { flashMessage(name: string): unknown }) =>
  (response.flashMessage('inputErrorsBag') ?? {}) as Record<string, string[]>

test.group('Basic DNS of a domain', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPT-10: the zone of a domain becomes the customer’s to edit, with the records it has, and goes back', async ({
    assert,
    client,
  }) => {
    const tenant = await makeServed()
    const usualLines = await linesOf(tenant)
    const zone = (await zoneOf(tenant))!
    const move = (path: string, form = {}) =>
      client
        .post(`${dnsOf(tenant)}/zone${path}`)
        .header('referer', dnsOf(tenant))
        .form(form)
        .loginAs(tenant.contractor)
        .withCsrfToken()
        .redirects(0)
    const moved = await move('')
    moved.assertHeader('location', `/zones/${zone.id}`)
    const now = (await zoneOf(tenant))!
    assert.deepInclude(now.serialize(), { source: 'service', serial: zone.serial + 1 })
    assert.deepEqual(await linesOf(tenant), usualLines)
    assert.isTrue(now.isEditable)
    const line = { name: 'shop', type: 'A', ttl: 300, content: '192.0.2.9' }
    const actor = { by: tenant.contractor, ip: null }
    await now.edit(actor, { action: 'zone_records.store' }, (draft) => draft.add(line))
    await save(client, tenant, { web: 'none' })
    assert.include(await linesOf(tenant), 'shop A 192.0.2.9')
    assert.isNotEmpty(errorsOf(await move('')))

    await now.edit(actor, { action: 'zone_signings.update' }, (_, each) => {
      each.dnssec = true
    })
    assert.isNotEmpty(errorsOf(await move('?_method=DELETE')))
    await now.edit(actor, { action: 'zone_signings.update' }, (_, each) => {
      each.dnssec = false
    })
    const page = await client.get(`${dnsOf(tenant)}/zone/edit`).loginAs(tenant.contractor)
    page.assertTextIncludes('基本DNSに戻す')
    const back = await move('?_method=DELETE')
    back.assertHeader('location', dnsOf(tenant))
    const basic = (await zoneOf(tenant))!
    assert.equal(basic.source, 'domain')
    assert.sameMembers(
      await linesOf(tenant),
      usualLines.filter((each) => !each.startsWith('www '))
    )
    const logged = await OperationLog.query().where('action', 'like', 'domain_zones.%')
    assert.sameMembers(
      logged.map(({ action }) => action),
      ['domain_zones.store', 'domain_zones.store', 'domain_zones.destroy', 'domain_zones.destroy']
    )
  })

  test('DOM-04: a new domain has the zone of pattern A, and the task that publishes it', async ({
    assert,
  }) => {
    const tenant = await makeServed()
    const { name } = tenant.domain
    assert.deepEqual(await linesOf(tenant), [
      '@ A 203.0.113.7',
      'www A 203.0.113.7',
      'mail A 203.0.113.7',
      `@ MX 10 mail.${name}.`,
      `@ TXT "v=spf1 include:${name}.spf.hosting-pf.net ~all"`,
    ])
    const zone = await zoneOf(tenant)
    const tasks = await publishing()
    assert.deepEqual(
      tasks.map(({ input }) => input),
      [{ zoneId: zone!.id }]
    )
    assert.lengthOf(await Task.query().where('kind', 'publish_names'), 1)
  })

  test('DOM-04: the page shows the zone, and what the registrar must have, to contractor and domain admin', async ({
    client,
  }) => {
    const tenant = await makeServed()
    for (const person of [tenant.contractor, tenant.admin]) {
      const page = await client.get(dnsOf(tenant)).loginAs(person)
      page.assertStatus(200)
      for (const text of ['ns1.mngsv.biz', 'ns2.mngsv.biz', `mail.${tenant.domain.name}`]) {
        page.assertTextIncludes(text)
      }
    }
  })

  test('DOM-04: only the contractor changes the pattern', async ({ client }) => {
    const tenant = await makeServed()
    const refused = await save(client, tenant, { pattern: 'C' }, tenant.admin)
    refused.assertStatus(403)
  })

  test('DOM-04: www elsewhere and mail left out change the zone, its serial and the log, once', async ({
    assert,
    client,
  }) => {
    const tenant = await makeServed()
    const before = await zoneOf(tenant)
    const input = { web: 'elsewhere', web_target: 'CDN.Example.net.', mail: 'none' }
    const answer = await save(client, tenant, input)
    answer.assertHeader('location', dnsOf(tenant))
    const { name } = tenant.domain
    assert.deepEqual(await linesOf(tenant), [
      '@ A 203.0.113.7',
      `@ TXT "v=spf1 include:${name}.spf.hosting-pf.net ~all"`,
      'www CNAME cdn.example.net.',
    ])
    const after = await zoneOf(tenant)
    assert.isAbove(after!.serial, before!.serial)
    await save(client, tenant, input)
    const again = await zoneOf(tenant)
    assert.equal(again!.serial, after!.serial)
    const logged = await OperationLog.query().where('action', 'basic_dns.update')
    assert.lengthOf(logged, 1)
  })

  test('DOM-04: pattern B makes a secondary zone of the customer’s primary, C takes the zone away, A brings it back', async ({
    assert,
    client,
  }) => {
    const tenant = await makeServed()
    await save(client, tenant, { pattern: 'B', dns_primaries: '8.8.8.8\r\n8.8.4.4' })
    const secondary = await zoneOf(tenant)
    assert.equal(secondary!.kind, 'secondary')
    assert.deepEqual(secondary!.primaryAddresses, ['8.8.8.8', '8.8.4.4'])
    assert.deepEqual(await linesOf(tenant), [])

    await save(client, tenant, { pattern: 'C' })
    const gone = await zoneOf(tenant)
    assert.isNotNull(gone!.deletedAt)

    await save(client, tenant, {})
    const back = await zoneOf(tenant)
    assert.isNull(back!.deletedAt)
    assert.equal(back!.kind, 'primary')
    assert.lengthOf(await linesOf(tenant), 5)
  })

  for (const [field, input] of [
    ['web_target', { web: 'elsewhere', web_target: '' }],
    ['web_target', { web: 'elsewhere', web_target: '10.0.0.1' }],
    ['web_target', { web: 'elsewhere', web_target: 'a b.example.net' }],
    ['web_target', { web: 'elsewhere', web_target: 'x.example.net\n$INCLUDE /etc/passwd' }],
    ['mail_target', { mail: 'elsewhere', mail_target: '300.1.1.1' }],
    ['mail_target', { mail: 'elsewhere', mail_target: 'x" "y.example.net' }],
    ['dns_primaries', { pattern: 'B', dns_primaries: '' }],
    ['dns_primaries', { pattern: 'B', dns_primaries: '127.0.0.1' }],
    ['dns_primaries', { pattern: 'B', dns_primaries: '8.8.8.8 ns.example.jp' }],
    ['dns_primaries', { pattern: 'B', dns_primaries: '8.8.8.1 8.8.8.2 8.8.8.3 8.8.8.4 8.8.8.5' }],
    ['pattern', { pattern: 'D' }],
    ['web', { web: 'nowhere' }],
  ] as const) {
    test(`DOM-04: ${JSON.stringify(input)} is refused at the field and changes nothing`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeServed()
      const before = await linesOf(tenant)
      const answer = await save(client, tenant, input)
      assert.containsSubset(Object.keys(errorsOf(answer)), [field])
      assert.deepEqual(await linesOf(tenant), before)
    })
  }

  test('DOM-04: www within the domain itself is refused', async ({ assert, client }) => {
    const tenant = await makeServed()
    const target = `www.${tenant.domain.name}`
    const answer = await save(client, tenant, { web: 'elsewhere', web_target: target })
    assert.property(errorsOf(answer), 'web_target')
  })

  test('DOM-05: with a domain its zone goes, and what was chosen', async ({ assert }) => {
    const tenant = await makeServed()
    const { domain, contractor } = tenant
    const actor = { by: contractor, ip: null }
    await BasicDns.choose(domain, { ...usualBasicDns, web: 'none', primaries: [] }, actor)
    await db.transaction((client) => releaseDns(domain, client))
    const zone = await zoneOf(tenant)
    assert.isNotNull(zone!.deletedAt)
    assert.isNull(await BasicDns.findBy('name', domain.name))
  })

  test('DOM-04: a name on two servers has both addresses; the zone stays with the other one', async ({
    assert,
  }) => {
    const tenant = await makeServed()
    const other = await makeTenant()
    await other.server
      .merge({ contractId: tenant.contractor.contractId, address: '203.0.113.8' })
      .save()
    const { domain: second } = await makeDomain(other.server, tenant.domain.name)
    const by = { by: tenant.contractor, ip: null }
    await db.transaction((client) => addDns(second, by, client))
    const lines = await linesOf(tenant)
    assert.includeMembers(lines, ['@ A 203.0.113.7', '@ A 203.0.113.8', 'mail A 203.0.113.7'])
    assert.notInclude(lines, 'mail A 203.0.113.8')

    await db.transaction((client) => releaseDns(tenant.domain, client))
    const left = await linesOf(tenant)
    assert.includeMembers(left, ['@ A 203.0.113.8', 'mail A 203.0.113.8'])
    assert.notInclude(left, '@ A 203.0.113.7')
  })

  test('DOM-04: a zone of the DNS service with the name stays as it is', async ({
    assert,
    client,
  }) => {
    const tenant = await makeServed()
    const zone = await zoneOf(tenant)
    await zone!.merge({ source: 'service' }).save()
    await save(client, tenant, { pattern: 'C' })
    const after = await zoneOf(tenant)
    assert.isNull(after!.deletedAt)
    assert.lengthOf(await linesOf(tenant), 5)
  })

  test('DOM-02: a ready domain needs no DNS, and none can be chosen', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await Domain.query().where('id', tenant.domain.id).update({ kind: 'ready' })
    const page = await client.get(dnsOf(tenant)).loginAs(tenant.contractor)
    page.assertTextIncludes('当社が管理しているため')
    await save(client, tenant, { pattern: 'C' })
    assert.isNull(await BasicDns.findBy('name', tenant.domain.name))
  })

  test('DOM-04: staff see both name servers, what waits for them and why; the key is never shown', async ({
    client,
  }) => {
    const staff = await makeStaff()
    const tenant = await makeServed()
    const place = { address: '203.0.113.53', sshPort: 22, hostKey: null, apiKey: 'geheim-canary' }
    await NameServer.register('primary', place)
    await NameServer.register('secondary', { ...place, address: '203.0.113.54' })
    await Zone.query().where('name', tenant.domain.name).update({ publish_error: 'unreachable' })
    const page = await client.get('/staff/name_servers').withGuard('staff').loginAs(staff)
    page.assertStatus(200)
    page.assertTextIncludes('ns1.mngsv.biz')
    page.assertTextIncludes(tenant.domain.name)
    page.assertTextIncludes('unreachable')
    if (page.text().includes('geheim-canary')) throw new Error('the key is shown')
  })
})
