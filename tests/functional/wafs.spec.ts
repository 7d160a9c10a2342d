import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { Unreachable } from '#convergence/transports/transport'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import { mostWafExceptions } from '#models/domain/waf'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import WafException from '#models/waf_exception'
import { answerWith } from '#monitoring/questions'

const evil = '<script>alert(1)</script>{{ 7*7 }}\u001b[31m\u202e'
const urlOf = ({ domain }: Tenant, rest = '') => `/domains/${domain.id}/web/waf${rest}`
const usual = { mode: 'block', level: '1', program: 'wordpress' }

const event = {
  at: 1_800_000_000,
  id: 'awNjGYrGP9qOPGKNUKUUFAAAAAA',
  from: '192.0.2.7',
  method: 'POST',
  host: 'a.jp',
  path: '/wp-admin/%E4%BE%8B/post.php',
  query: `q=${evil}`,
  agent: evil,
  outcome: 'blocked',
  points: 5,
  rules: [
    { rule: 942100, target: 'ARGS:content', data: evil },
    { rule: 941100, target: 'ARGS:password' },
  ],
}

function post(client: ApiClient, url: string, form: object, by: Tenant['admin']) {
  const request = client.post(url).header('referer', url.replace(/\?.*/, ''))
  return request.form(form).loginAs(by).withCsrfToken().redirects(0)
}

test.group('The WAF of a domain', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  let answer: unknown
  group.each.setup(() => {
    answer = { events: [event], more: true, days: { '2026-11-22': { blocked: 3, unkept: 1200 } } }
    return answerWith(async () => {
      if (answer instanceof Error) throw answer
      return answer
    })
  })

  const save = (client: ApiClient, tenant: Tenant, form: object = usual) =>
    post(client, urlOf(tenant, '/settings?_method=PUT'), form, tenant.admin)

  const except = (client: ApiClient, tenant: Tenant, form: object) =>
    post(client, urlOf(tenant, '/exceptions'), form, tenant.admin)

  async function desired({ server, domain }: Tenant) {
    const found = await loadDesiredServer(server.id, [domain.id])
    return found.details.get(domain.id)!.waf
  }

  test('OPT-12: nothing is on until somebody turns it on; the server is told, once', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    assert.isNull(await desired(tenant))
    const off = await save(client, tenant, { mode: 'off', level: '1', program: 'none' })
    off.assertStatus(302)
    assert.isNull(await desired(tenant))
    const response = await save(client, tenant)
    const task = await Task.query().where('server_id', tenant.server.id).orderBy('id').first()
    response.assertHeader('location', urlOf(tenant, `?apply=${task!.id}`))
    assert.deepEqual(await desired(tenant), {
      mode: 'block',
      level: 1,
      program: 'wordpress',
      exceptions: [],
    })
    const again = await save(client, tenant)
    again.assertHeader('location', urlOf(tenant))
    await save(client, tenant, { ...usual, mode: 'off' })
    assert.equal((await desired(tenant))!.mode, 'off')
  })

  for (const [field, value] of [
    ['mode', 'on'],
    ['level', '5'],
    ['level', '0'],
    ['program', 'wordpress\nSecRuleEngine Off'],
  ]) {
    test(`OPT-12: ${JSON.stringify(value)} is refused at the field ${field}`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const response = await save(client, tenant, { ...usual, [field!]: value })
      assert.property(response.flashMessage('inputErrorsBag'), field!)
      assert.isNull(await desired(tenant))
    })
  }

  test('OPT-12: events are shown with request, rule and explanation, as text; an exception is two clicks away', async ({
    client,
  }) => {
    const tenant = await makeTenant()
    await save(client, tenant)
    const page = await client.get(urlOf(tenant)).loginAs(tenant.admin)
    page.assertStatus(200)
    page.assertTextIncludes('SQLの差し込み（libinjection）')
    page.assertTextIncludes('データベースの内容を盗んだり書き換えたりする攻撃です')
    page.assertTextIncludes('192.0.2.7')
    page.assertTextIncludes('項目「password」')
    page.assertTextIncludes('1,200')
    page.assertTextIncludes('&lt;script&gt;')
    if (page.text().includes('<script>alert')) throw new Error('what visitors sent is markup')
    const query = new URLSearchParams({ rule: '942100', path: '/wp-admin/例/post.php' })
    const link = urlOf(tenant, `/exceptions/create?${query}`)
    page.assertTextIncludes(link.replaceAll('&', '&amp;'))

    const form = await client.get(link).loginAs(tenant.admin)
    form.assertTextIncludes('value="942100"')
    form.assertTextIncludes('value="/wp-admin/例/post.php"')
  })

  test('OPT-12: an exception is for one path or for the whole site, and is there once', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await save(client, tenant)
    const wish = { rule: '９４２１００', scope: 'path', path: 'https://a.jp/blog//%E4%BE%8B/*?x=1' }
    const first = await except(client, tenant, wish)
    first.assertStatus(302)
    const inside = { rule: '942100', scope: 'path', path: '/blog/例/post' }
    const covered = await except(client, tenant, inside)
    covered.assertHeader('location', urlOf(tenant))
    await except(client, tenant, { rule: '941100', scope: 'site', path: 'nonsense' })
    assert.deepEqual((await desired(tenant))!.exceptions, [
      { rule: 941100, path: null },
      { rule: 942100, path: '/blog/例/*' },
    ])
    const lines = await OperationLog.query().where('action', 'waf_exceptions.store')
    assert.lengthOf(lines, 2)

    const [one] = await WafException.of(tenant.domain.id)
    const url = urlOf(tenant, `/exceptions/${one!.id}?_method=DELETE`)
    const gone = await post(client, url, {}, tenant.admin)
    gone.assertStatus(302)
    assert.deepEqual((await desired(tenant))!.exceptions, [{ rule: 942100, path: '/blog/例/*' }])
  })

  for (const [rule, path] of [
    ['949110', '/'],
    ['901321', '/'],
    ['1', '/'],
    ['942100 941100', '/'],
    ['942100', ''],
    ['942100', 'blog'],
    ['942100', '/a"b'],
    ['942100', '/a\nSecRuleEngine Off'],
    ['942100', '/%{REMOTE_ADDR}'],
    ['942100', '/a\\b'],
    ['942100', '/*/b'],
    ['942100', '/a/../b'],
    ['942100', `/${'a'.repeat(200)}`],
  ]) {
    test(`OPT-12: no exception for ${JSON.stringify([rule, path])}`, async ({ assert, client }) => {
      const tenant = await makeTenant()
      await save(client, tenant)
      const response = await except(client, tenant, { rule, path, scope: 'path' })
      const field = ['942100'].includes(rule!) ? 'path' : 'rule'
      assert.property(response.flashMessage('inputErrorsBag'), field)
      assert.isEmpty((await desired(tenant))!.exceptions)
    })
  }

  test(`OPT-12: no more than ${mostWafExceptions} exceptions`, async ({ assert, client }) => {
    const tenant = await makeTenant()
    await save(client, tenant)
    const row = { domainId: tenant.domain.id, rule: 942100, createdBy: 'x' }
    await WafException.createMany(
      Array.from({ length: mostWafExceptions }, (_, index) => ({ ...row, path: `/${index}` }))
    )
    const response = await except(client, tenant, { rule: '941100', scope: 'site' })
    assert.property(response.flashMessage('inputErrorsBag'), 'rule')
  })

  test('PNL-01: another tenant finds neither page nor exception', async ({ assert, client }) => {
    const [tenant, other] = [await makeTenant(), await makeTenant()]
    await save(client, tenant)
    await except(client, tenant, { rule: '941100', scope: 'site' })
    const [one] = await WafException.of(tenant.domain.id)
    const foreign = await client.get(urlOf(tenant)).loginAs(other.admin)
    foreign.assertStatus(404)
    const mine = urlOf(other, `/exceptions/${one!.id}?_method=DELETE`)
    const gone = await post(client, mine, {}, other.admin)
    gone.assertStatus(404)
    assert.lengthOf(await WafException.of(tenant.domain.id), 1)
  })

  test('REL-04: a server that does not answer, or answers nonsense, is a notice on the page', async ({
    client,
  }) => {
    const tenant = await makeTenant()
    await save(client, tenant)
    for (const each of [
      new Unreachable('gone'),
      { events: [{ ...event, outcome: 'x' }], more: false, days: {} },
      { events: 'x', more: false, days: {} },
      { events: [], more: false, days: { '2026-11-22': { blocked: 'x' } } },
    ]) {
      answer = each
      const page = await client.get(urlOf(tenant)).loginAs(tenant.admin)
      page.assertStatus(200)
      page.assertTextIncludes('遮断する')
    }
  })

  test('DOM-05: exceptions go with their domain', async ({ assert, client }) => {
    const tenant = await makeTenant()
    await save(client, tenant)
    await except(client, tenant, { rule: '941100', scope: 'site' })
    await tenant.domain.remove({ by: tenant.contractor, ip: null })
    assert.isEmpty(await WafException.of(tenant.domain.id))
  })
})
