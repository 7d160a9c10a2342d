import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import fc from 'fast-check'
import type { ApiClient } from '@japa/api-client'
import { makeContract, makeDomain, makeServer, makeTenant } from '#database/factories/tenant'
import type Account from '#models/account'
import Zone from '#models/zone'
import ZoneChange from '#models/zone_change'
import ZoneRecord from '#models/zone_record'
import NameClaim from '#models/name_claim'
import OperationLog from '#models/operation_log'
import type { ZoneLine } from '#models/zone/record'
import { recordTypes } from '#models/zone/types'
import { nextSerial } from '#models/zone/serial'

function send(client: ApiClient, by: Account, path: string, input: Record<string, unknown>) {
  return client
    .post(path)
    .header('referer', '/zones')
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

const errorsOf = (response: { flashMessage(key: string): any }) =>
  response.flashMessage('inputErrorsBag') ?? {}

const names = { ascii: 'example.co.jp', unicode: 'example.co.jp' }
const www = { name: 'www', type: 'A', ttl: 300, content: '192.0.2.1' }

async function makeZone(records: readonly ZoneLine[] = [www]) {
  const { contract, contractor } = await makeContract()
  const actor = { by: contractor, ip: null }
  const zone = await Zone.add(contract.id, { name: names, records }, actor)
  return { zone: await Zone.findOrFail(zone.id), contractor, contract, actor }
}

const recordsOf = async ({ id }: Zone) => {
  const rows = await ZoneRecord.query().where('zoneId', id).orderBy('id')
  return rows.map(({ name, ttl, type, content }) => `${name} ${ttl} ${type} ${content}`)
}

/** The rows of the table as the page has them, with these changes. */
async function table(zone: Zone, changes: Record<string, Record<string, string>>) {
  const rows = await ZoneRecord.query().where('zoneId', zone.id)
  const input: Record<string, string> = {}
  const all = { ...Object.fromEntries(rows.map((row) => [`r${row.id}`, rowOf(row)])) }
  for (const [key, change] of Object.entries(changes)) all[key] = { ...all[key], ...change }
  for (const [key, row] of Object.entries(all))
    for (const [name, value] of Object.entries(row)) input[`records[${key}][${name}]`] = value
  return input
}

const rowOf = ({ name, ttl, type, content }: ZoneRecord): Record<string, string> => {
  return { name, ttl: String(ttl), type, content }
}

test.group('Zones', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPT-10: a zone of the provider’s own, above it or below it, is nobody’s to order, of either kind', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeContract()
    for (const name of ['spf.hosting-pf.net', 'HOSTING-PF.net.', 'a.jp.spf.hosting-pf.net'])
      for (const kind of ['primary', 'secondary']) {
        const input = { zone_name: name, kind, primaries: '8.8.8.8' }
        const response = await send(client, contractor, '/zones', input)
        assert.property(errorsOf(response), 'zone_name', `${kind} ${name}`)
      }
    assert.lengthOf(await Zone.all(), 0)
  })

  test('OPT-10: a mistake on a later page of the table is told on that page, with what was typed', async ({
    assert,
    client,
  }) => {
    const lines = Array.from({ length: 120 }, (_, index) => {
      return { ...www, name: `n${String(index).padStart(3, '0')}` }
    })
    const { zone, contractor } = await makeZone(lines)
    const last = await ZoneRecord.findByOrFail('name', 'n119')
    const own = `/zones/${zone.id}/records`
    const before = await client.get(`${own}?page=3`).loginAs(contractor)
    before.assertTextIncludes(`action="${own}?page=3"`)
    const form = {
      [`records[r${last.id}][name]`]: last.name,
      [`records[r${last.id}][type]`]: 'A',
      [`records[r${last.id}][content]`]: '999.1.1.1',
    }
    const response = await client
      .post(`${own}?page=3`)
      .header('referer', own)
      .form(form)
      .loginAs(contractor)
      .withCsrfToken()
      .redirects(0)
    response.assertHeader('location', `${own}?page=3`)
    assert.deepEqual(Object.keys(errorsOf(response)), [`records.r${last.id}.content`])
    const page = await client
      .get(`${own}?page=3`)
      .loginAs(contractor)
      .withFlashMessages(response.flashMessages())
    assert.match(
      page.text(),
      new RegExp(`records\\[r${last.id}\\]\\[content\\]"\\s+value="999.1.1.1"`)
    )
  })

  test('OPT-10: the name of a zone that was deleted stays with its contract for two weeks', async ({
    assert,
    client,
  }) => {
    const { zone, contractor, actor } = await makeZone()
    const other = await makeContract()
    await zone.remove(actor)
    await Zone.query().where('id', zone.id).delete()
    for (const name of ['example.co.jp', 'www.example.co.jp']) {
      const taken = await send(client, other.contractor, '/zones', { zone_name: name })
      assert.property(errorsOf(taken), 'zone_name')
    }
    const again = await send(client, contractor, '/zones', { zone_name: 'example.co.jp' })
    assert.deepEqual(errorsOf(again), {})
    await Zone.query().where('name', 'example.co.jp').delete()
    await db.from('released_names').update({ until: '2026-01-01 00:00:00' })
    const late = await send(client, other.contractor, '/zones', { zone_name: 'example.co.jp' })
    assert.deepEqual(errorsOf(late), {})
  })

  test('OPT-10: nobody names the addresses of others, or of the provider', async ({
    assert,
    client,
  }) => {
    const { server, contractor } = await makeTenant()
    await server.merge({ address: '203.0.114.9' }).save()
    const other = await makeContract()
    const wishes = ['203.0.114.0/24', '0-127.114.0.203.in-addr.arpa', '203.0.0.0/16']
    for (const wish of wishes) {
      const refused = await send(client, other.contractor, '/zones', { zone_name: wish })
      assert.property(errorsOf(refused), 'zone_name', wish)
    }
    for (const [by, wish] of [
      [other.contractor, '203.0.11.0/24'],
      [contractor, '203.0.114.0/24'],
    ] as const) {
      const kept = await send(client, by, '/zones', { zone_name: wish })
      assert.deepEqual(errorsOf(kept), {}, wish)
    }
  })

  test('OPT-10: a contractor without a server adds a zone, and sees it', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeContract()
    const response = await send(client, contractor, '/zones', { zone_name: 'ドメイン.jp' })
    response.assertStatus(302)
    const zone = await Zone.findByOrFail('contractId', contractor.contractId)
    assert.equal(zone.name, 'xn--eckwd4c7c.jp')
    assert.equal(zone.serial, nextSerial(0))
    response.assertHeader('location', `/zones/${zone.id}`)
    const page = await client.get(`/zones/${zone.id}`).loginAs(contractor)
    page.assertTextIncludes('ドメイン.jp')
    const list = await client.get('/zones').loginAs(contractor)
    list.assertTextIncludes('xn--eckwd4c7c.jp')
  })

  for (const [typed, name] of [
    ['203.0.114.0/24', '114.0.203.in-addr.arpa'],
    ['203.0.114.77/16', '0.203.in-addr.arpa'],
    ['0-127.114.0.203.in-addr.arpa', '0-127.114.0.203.in-addr.arpa'],
    ['2400:8500::/32', '0.0.5.8.0.0.4.2.ip6.arpa'],
  ]) {
    test(`OPT-10: ${typed} is the reverse zone ${name}`, async ({ assert, client }) => {
      const { contractor } = await makeContract()
      await send(client, contractor, '/zones', { zone_name: typed })
      const zone = await Zone.firstOrFail()
      assert.equal(zone.name, name)
    })
  }

  for (const typed of [
    '',
    'example',
    'a b.jp',
    'co.jp',
    'a.smc-msv.jp',
    '192.168.0.0/16',
    '10.in-addr.arpa',
    '168.192.in-addr.arpa',
    '203.0.114.0/25',
    '203.0.114.0/8',
    '256.0.203.in-addr.arpa',
    '01.0.203.in-addr.arpa',
    'x/y.0.203.in-addr.arpa',
    'in-addr.arpa',
    'ip6.arpa',
    'fd00::/32',
    '2400:8500::/33',
    'example.jp\n',
    '../etc.jp',
    'a'.repeat(2000),
  ]) {
    test(`OPT-10: ${JSON.stringify(typed.slice(0, 30))} is no zone`, async ({ assert, client }) => {
      const { contractor } = await makeContract()
      const response = await send(client, contractor, '/zones', { zone_name: typed })
      assert.isTrue(typed === 'example.jp\n' || errorsOf(response).zone_name?.length > 0)
      assert.lengthOf(await Zone.query(), typed === 'example.jp\n' ? 1 : 0)
    })
  }

  test('OPT-10: secondary zones have the addresses of their primaries, public ones', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeContract()
    const form = { kind: 'secondary', zone_name: 'example.co.jp' }
    for (const primaries of [
      '',
      'ns.example.com',
      '127.0.0.1',
      '10.1.2.3',
      '::1',
      'fe80::1%eth0',
    ]) {
      const refused = await send(client, contractor, '/zones', { ...form, primaries })
      assert.isNotEmpty(errorsOf(refused).primaries, primaries)
    }
    await send(client, contractor, '/zones', { ...form, primaries: '8.8.8.8\n2400:8500:0::1' })
    const zone = await Zone.firstOrFail()
    assert.isTrue(zone.isSecondary)
    assert.deepEqual(zone.primaryAddresses, ['8.8.8.8', '2400:8500::1'])
    const records = await client.get(`/zones/${zone.id}/records`).loginAs(contractor).redirects(0)
    records.assertStatus(403)
  })

  for (const [held, wished] of [
    ['example.co.jp', 'example.co.jp'],
    ['example.co.jp', 'shop.example.co.jp'],
    ['sub.example.co.jp', 'example.co.jp'],
  ]) {
    for (const kind of ['zone', 'domain'] as const) {
      test(`OPT-10: ${wished} is refused while another's ${kind} is ${held}, whoever asks first for the other`, async ({
        assert,
        client,
      }) => {
        const other = await makeContract('別の会社')
        const { contractor, contract } = await makeContract()
        const name = { ascii: held, unicode: held }
        if (kind === 'zone')
          await Zone.add(other.contract.id, { name }, { by: other.contractor, ip: null })
        else await makeDomain(await makeServer(other.contract), held)
        const response = await send(client, contractor, '/zones', { zone_name: wished })
        assert.lengthOf(errorsOf(response).zone_name, 1)
        assert.lengthOf(await Zone.query().where('contractId', contract.id), 0)
        const own = await send(client, other.contractor, '/zones', { zone_name: wished })
        const isSame = kind === 'zone' && held === wished
        assert.equal(errorsOf(own).zone_name === undefined, !isSame)
      })
    }

    test(`OPT-10: the domain ${wished} is refused while another's zone is ${held}`, async ({
      assert,
      client,
    }) => {
      const other = await makeContract('別の会社')
      const { contractor, contract } = await makeContract()
      const server = await makeServer(contract)
      const name = { ascii: held, unicode: held }
      await Zone.add(other.contract.id, { name }, { by: other.contractor, ip: null })
      const form = { name: wished, quota_mb: '100', password: 'correct-Horse7battery' }
      const path = `/servers/${server.id}/domains`
      const response = await send(client, contractor, path, form)
      assert.lengthOf(errorsOf(response).name, 1)
    })
  }

  test("OPT-10: who proves that a name below another's zone is his has a zone of it", async ({
    assert,
    client,
  }) => {
    const other = await makeContract('別の会社')
    await Zone.add(other.contract.id, { name: names }, { by: other.contractor, ip: null })
    const { contract, contractor } = await makeContract()
    const server = await makeServer(contract)
    const actor = { by: contractor, ip: null }
    const name = { ascii: 'shop.example.co.jp', unicode: 'shop.example.co.jp' }
    const claim = await NameClaim.open(server, name, actor)
    const early = await send(client, contractor, '/zones', { zone_name: name.ascii })
    assert.lengthOf(errorsOf(early).zone_name, 1)
    await claim.prove('txt', actor)
    const response = await send(client, contractor, '/zones', { zone_name: name.ascii })
    assert.deepEqual(errorsOf(response), {})
    assert.lengthOf(await Zone.query().where('contractId', contract.id), 1)
  })

  test('OPT-10: the table changes, adds and removes records in one change', async ({
    assert,
    client,
  }) => {
    const old = { name: 'old', type: 'TXT', ttl: 60, content: '"x"' }
    const { zone, contractor } = await makeZone([www, old])
    const [first, second] = await ZoneRecord.query().where('zoneId', zone.id).orderBy('id')
    const form = await table(zone, {
      [`r${first.id}`]: { content: '192.0.2.9' },
      [`r${second.id}`]: { remove: '1' },
      n1: { name: '@', ttl: '', type: 'MX', content: '10 mail' },
      n2: { name: 'mail.example.co.jp', ttl: '1h', type: 'A', content: '192.0.2.2' },
      n3: { name: '', ttl: '', type: 'A', content: '' },
    })
    const response = await send(client, contractor, `/zones/${zone.id}/records`, form)
    assert.deepEqual(errorsOf(response), {})
    assert.sameMembers(await recordsOf(zone), [
      'www 300 A 192.0.2.9',
      '@ 3600 MX 10 mail.example.co.jp.',
      'mail 3600 A 192.0.2.2',
    ])
    assert.lengthOf(await ZoneChange.query(), 1)
    assert.lengthOf(await OperationLog.query().where('action', 'zone_records.store'), 1)
    await zone.refresh()
    assert.equal(zone.serial, nextSerial(0) + 1)
  })

  test('OPT-10: with mistakes nothing is kept, and each is said at its input', async ({
    assert,
    client,
  }) => {
    const { zone, contractor } = await makeZone()
    const form = await table(zone, {
      n1: { name: 'ok', ttl: '', type: 'A', content: '192.0.2.2' },
      n2: { name: 'a..b', ttl: '', type: 'A', content: '192.0.2.2' },
      n3: { name: 'c', ttl: '-5', type: 'A', content: '192.0.2.2' },
      n4: { name: 'd', ttl: '', type: 'BOGUS', content: '192.0.2.2' },
      n5: { name: 'e', ttl: '', type: 'TXT', content: 'a\n$INCLUDE /etc/passwd' },
      n6: { name: 'www', ttl: '', type: 'CNAME', content: 'example.com' },
    })
    const response = await send(client, contractor, `/zones/${zone.id}/records`, form)
    assert.sameMembers(Object.keys(errorsOf(response)), [
      'records.n2.name',
      'records.n3.ttl',
      'records.n4.type',
      'records.n5.content',
      'records.n6.name',
    ])
    assert.deepEqual(await recordsOf(zone), ['www 300 A 192.0.2.1'])
    assert.lengthOf(await ZoneChange.query(), 0)
  })

  test('OPT-10: a TTL that is typed anew is that of all records of the name and type', async ({
    assert,
    client,
  }) => {
    const { zone, contractor } = await makeZone([www, { ...www, content: '192.0.2.2' }])
    const [first] = await ZoneRecord.query().where('zoneId', zone.id).orderBy('id')
    const form = await table(zone, {
      [`r${first.id}`]: { ttl: '60' },
      n1: { name: 'www', ttl: '', type: 'A', content: '192.0.2.3' },
    })
    await send(client, contractor, `/zones/${zone.id}/records`, form)
    assert.sameMembers(await recordsOf(zone), [
      'www 60 A 192.0.2.1',
      'www 60 A 192.0.2.2',
      'www 60 A 192.0.2.3',
    ])
  })

  test('OPT-10: what somebody else changed meanwhile is not written over', async ({
    assert,
    client,
  }) => {
    const { zone, contractor, actor } = await makeZone()
    const [first] = await ZoneRecord.query().where('zoneId', zone.id)
    const form = await table(zone, { [`r${first.id}`]: { content: '192.0.2.8' } })
    await zone.change(actor, { action: 'zone_records.store' }, (draft) => {
      draft.replace(first.id, { ...www, content: '192.0.2.7' })
    })
    const response = await send(client, contractor, `/zones/${zone.id}/records`, form)
    assert.deepEqual(Object.keys(errorsOf(response)), [`records.r${first.id}.content`])
    assert.deepEqual(await recordsOf(zone), ['www 300 A 192.0.2.7'])
  })

  test('OPT-10: live checks say the same without keeping anything', async ({ assert, client }) => {
    const { zone, contractor } = await makeZone()
    const form = await table(zone, {
      n1: { name: 'www', ttl: '', type: 'CNAME', content: 'example.com' },
      n2: { name: '@', ttl: '', type: 'MX', content: '10 mail' },
    })
    const path = `/zones/${zone.id}/record_checks`
    const response = await send(client, contractor, path, form)
    response.assertStatus(200)
    const { mistakes, warnings, values } = response.body()
    assert.deepEqual(
      mistakes.map(({ row, input }: any) => [row, input]),
      [['n1', 'name']]
    )
    assert.deepEqual(
      warnings.map(({ row, input }: any) => [row, input]),
      [['n2', 'content']]
    )
    assert.deepInclude(values, { row: 'n2', text: '10 mail.example.co.jp.' })
    assert.lengthOf(await recordsOf(zone), 1)
  })

  test('OPT-10: a zone file is looked at first, then taken in, and comes out again', async ({
    assert,
    client,
  }) => {
    const { zone, contractor } = await makeZone()
    const text = '$TTL 60\n@ SOA a. b. 1 2h 1h 2w 5m\n@ A 192.0.2.5\nwww CNAME @\n'
    const path = `/zones/${zone.id}`
    const plan = await send(client, contractor, `${path}/import_plans`, {
      zone_text: text,
      mode: 'replace',
    })
    plan.assertStatus(200)
    plan.assertTextIncludes('追加2件・削除1件')
    assert.deepEqual(await recordsOf(zone), ['www 300 A 192.0.2.1'])
    const form = { zone_text: text, mode: 'replace', seen: String(zone.serial) }
    await send(client, contractor, `${path}/imports`, form)
    const kept = ['@ 60 A 192.0.2.5', 'www 60 CNAME example.co.jp.']
    assert.sameMembers(await recordsOf(zone), kept)
    await zone.refresh()
    assert.equal(zone.soaMinimum, 300)
    const file = await client.get(`${path}/file`).loginAs(contractor)
    file.assertTextIncludes('www 60 IN CNAME example.co.jp.')
    const again = await send(client, contractor, `${path}/imports`, form)
    assert.isNotEmpty(errorsOf(again).form)
  })

  test('OPT-10: a file with a mistake, or one that clashes with what is there, changes nothing', async ({
    assert,
    client,
  }) => {
    const { zone, contractor } = await makeZone()
    for (const [zoneText, mode] of [
      ['$TTL 60\n$INCLUDE /etc/passwd\n@ A 192.0.2.5\n', 'replace'],
      ['$TTL 60\nwww CNAME a.example.com.\n', 'add'],
    ]) {
      const form = { zone_text: zoneText, mode, seen: String(zone.serial) }
      const response = await send(client, contractor, `/zones/${zone.id}/imports`, form)
      assert.isNotEmpty(errorsOf(response))
      const plan = await send(client, contractor, `/zones/${zone.id}/import_plans`, form)
      plan.assertTextIncludes('まだ何も変わっていません')
      // What was typed is there to be mended
      assert.match(plan.text(), /<textarea[^>]*>\n\$TTL 60/)
    }
    assert.deepEqual(await recordsOf(zone), ['www 300 A 192.0.2.1'])
  })

  test('OPT-10: mistakes of a file are told by line, and text as people read it', async ({
    client,
  }) => {
    const { zone, contractor } = await makeZone()
    const planned = (text: string) => {
      const form = { zone_text: `$TTL 60\n${text}`, mode: 'replace' }
      return send(client, contractor, `/zones/${zone.id}/import_plans`, form)
    }
    const plan = await planned('oops\n@ MX mail\nwww CNAME @\nwww A 192.0.2.1\n')
    plan.assertTextIncludes('2行目：種類と値がありません')
    plan.assertTextIncludes('例：10 mail.example.jp')
    plan.assertTextIncludes('5行目 www A：CNAMEのある名前には')
    const good = await planned('日本 TXT "東京 \\007"\n')
    good.assertTextIncludes('日本 60 TXT &quot;東京 \\007&quot;')
  })

  test('OPT-10: a change of the history is taken back, unless others came after it', async ({
    assert,
    client,
  }) => {
    const { zone, contractor, actor } = await makeZone()
    const [first] = await ZoneRecord.query().where('zoneId', zone.id)
    await zone.change(actor, { action: 'zone_records.store' }, (draft) => {
      draft.replace(first.id, { ...www, content: '192.0.2.7' })
      draft.add({ ...www, name: 'b' })
    })
    const change = await ZoneChange.firstOrFail()
    const page = await client.get(`/zones/${zone.id}/changes/${change.id}`).loginAs(contractor)
    page.assertTextIncludes('www 300 A 192.0.2.7')
    const list = await client.get(`/zones/${zone.id}/changes`).loginAs(contractor)
    list.assertTextIncludes(`/changes/${change.id}`)
    const path = `/zones/${zone.id}/changes/${change.id}/undo`
    await send(client, contractor, path, {})
    assert.deepEqual(await recordsOf(zone), ['www 300 A 192.0.2.1'])
    const newest = await ZoneChange.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(newest.undoesId, change.id)
    const again = await send(client, contractor, path, {})
    assert.isNotEmpty(errorsOf(again).form)
    assert.deepEqual(await recordsOf(zone), ['www 300 A 192.0.2.1'])
  })

  test('OPT-10: settings and DNSSEC change the zone, its serial and nothing else', async ({
    assert,
    client,
  }) => {
    const { zone, contractor } = await makeZone()
    const put = (path: string, input: object) =>
      send(client, contractor, `${path}?_method=PUT`, input as Record<string, unknown>)
    const form = { default_ttl: '600', soa_refresh: '7200', soa_retry: '600', soa_expire: '604800' }
    const wrong = await put(`/zones/${zone.id}`, { ...form, soa_minimum: '999999' })
    assert.isNotEmpty(errorsOf(wrong).soa_minimum)
    await put(`/zones/${zone.id}`, { ...form, soa_minimum: '60' })
    await zone.refresh()
    assert.equal(zone.defaultTtl, 600)
    assert.equal(zone.serial, nextSerial(0) + 1)
    await put(`/zones/${zone.id}/dnssec`, { dnssec: 'on' })
    await zone.refresh()
    assert.isTrue(zone.dnssec)
    const page = await client.get(`/zones/${zone.id}/dnssec`).loginAs(contractor)
    page.assertTextIncludes('鍵を作成しています')
    assert.lengthOf(await recordsOf(zone), 1)
  })

  test('OPT-10: a zone goes when its name was typed', async ({ assert, client }) => {
    const { zone, contractor } = await makeZone()
    const path = `/zones/${zone.id}/deletion`
    const wrong = await send(client, contractor, path, { name: 'other.co.jp' })
    assert.isNotEmpty(errorsOf(wrong).name)
    await send(client, contractor, path, { name: 'Example.co.jp' })
    await zone.refresh()
    assert.isNotNull(zone.deletedAt)
    const page = await client.get(`/zones/${zone.id}`).loginAs(contractor).redirects(0)
    page.assertStatus(404)
  })

  test('OPT-10: whatever is sent as a table or a file is answered in words', async ({
    assert,
    client,
  }) => {
    const { zone, contractor } = await makeZone()
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom('@', '*', '0', '__proto__', '$INCLUDE /etc/passwd', '"\\', '10 mail', '::1')
    )
    const type = fc.constantFrom(...recordTypes, 'SOA', 'constructor', '')
    const row = fc.record({ name: text, ttl: text, type, content: text })
    const answered = async (path: string, input: Record<string, string>) => {
      const response = await send(client, contractor, `/zones/${zone.id}/${path}`, input)
      assert.isBelow(response.status(), 500, JSON.stringify(input))
    }
    for (const each of fc.sample(row, 60)) {
      const entries = Object.entries(each).map(([name, value]) => [`records[n1][${name}]`, value])
      await answered('records', Object.fromEntries(entries))
    }
    for (const zoneText of fc.sample(fc.string({ unit: 'binary', maxLength: 300 }), 30)) {
      await answered('import_plans', { zone_text: zoneText, mode: 'replace' })
      await answered('imports', { zone_text: zoneText, mode: 'add', seen: String(zone.serial) })
    }
    await answered('records', { 'records[__proto__][name]': 'x' })
    await answered('records', { records: 'x' })
  })

  test('OPT-10: zones that the panel makes of domains are shown, not edited', async ({
    client,
    assert,
  }) => {
    const tenant = await makeTenant()
    const actor = { by: tenant.contractor, ip: null }
    const wish = { name: names, source: 'domain' as const, domainId: tenant.domain.id }
    const zone = await Zone.add(tenant.contract.id, { ...wish, records: [www] }, actor)
    const page = await client.get(`/zones/${zone.id}`).loginAs(tenant.contractor)
    page.assertTextIncludes(`/domains/${tenant.domain.id}/dns`)
    for (const path of ['records', 'edit', 'deletion', 'imports/create', 'dnssec']) {
      const refused = await client
        .get(`/zones/${zone.id}/${path}`)
        .loginAs(tenant.contractor)
        .redirects(0)
      refused.assertStatus(403)
    }
    await zone.refresh()
    assert.isFalse(zone.isEditable)
  })
})
