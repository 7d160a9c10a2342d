import { deflateSync } from 'node:zlib'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { Unreachable } from '#convergence/transports/transport'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import OperationLog from '#models/operation_log'
import { answerWith } from '#monitoring/questions'

const urlOf = ({ domain }: Tenant, rest = '') => `/domains/${domain.id}/web/report${rest}`
const packed = (html: string) => ({ html: deflateSync(html).toString('base64') })

test.group('Reports of visitors', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  let asked: string[] = []
  let answer: unknown
  group.each.setup(() => {
    asked = []
    return answerWith(async (_server, question, given) => {
      asked.push(`${question} ${given.account}`)
      if (answer instanceof Error) throw answer
      return answer
    })
  })

  const done = { at: 1795373049, pages: ['index', 'usage_202610', 'usage_202611', '../x'] }

  test('ALOG-02: contractor and domain admin see the report in a frame that may nothing', async ({
    client,
  }) => {
    answer = { ...done, run: null }
    const tenant = await makeTenant()
    for (const by of [tenant.admin, tenant.contractor]) {
      const page = await client.get(urlOf(tenant)).loginAs(by)
      page.assertStatus(200)
      page.assertTextIncludes(`src="${urlOf(tenant, '/pages/index')}" sandbox title=`)
      const month = await client.get(urlOf(tenant)).qs({ month: '202610' }).loginAs(by)
      month.assertTextIncludes(urlOf(tenant, '/pages/usage_202610'))
      const none = await client.get(urlOf(tenant)).qs({ month: '../x' }).loginAs(by)
      none.assertTextIncludes(urlOf(tenant, '/pages/index'))
    }
  })

  test('ALOG-02: its pages run nothing, load nothing and are in frames of the panel alone', async ({
    assert,
    client,
  }) => {
    answer = packed('<p>商品<script>alert(1)</script>')
    const tenant = await makeTenant()
    const page = await client.get(urlOf(tenant, '/pages/usage_202611')).loginAs(tenant.admin)
    page.assertStatus(200)
    page.assertHeader('content-type', 'text/html; charset=utf-8')
    page.assertHeader('x-frame-options', 'SAMEORIGIN')
    page.assertHeader('referrer-policy', 'no-referrer')
    const policy = page.header('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'.*frame-ancestors 'self'; sandbox$/)
    assert.notMatch(policy, /script-src|allow-/)
    page.assertTextIncludes('商品')
  })

  test('ALOG-02: users and other customers see neither report nor pages, and make none', async ({
    assert,
    client,
  }) => {
    answer = { ...done, run: null }
    const [tenant, other] = [await makeTenant(), await makeTenant()]
    for (const by of [tenant.user, other.admin, other.contractor, other.user]) {
      for (const path of ['', '/pages/index', '/pages/usage_202611']) {
        const page = await client.get(urlOf(tenant, path)).loginAs(by).redirects(0)
        page.assertStatus(404)
      }
      const made = await client.post(urlOf(tenant)).loginAs(by).withCsrfToken().redirects(0)
      made.assertStatus(404)
    }
    const guest = await client.get(urlOf(tenant, '/pages/index')).redirects(0)
    guest.assertStatus(302)
    assert.deepEqual(asked, [])
  })

  test('ALOG-02: a new report is begun by a button, and told how far it is', async ({
    assert,
    client,
  }) => {
    answer = { begun: true }
    const tenant = await makeTenant()
    const begun = await client
      .post(urlOf(tenant))
      .loginAs(tenant.admin)
      .withCsrfToken()
      .redirects(0)
    begun.assertHeader('location', urlOf(tenant))
    assert.deepEqual(asked, [`make_access_report ${tenant.domain.unixName}`])
    const line = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(line.action, 'access_report.store')
    answer = { ...done, run: { state: 'running', read: 25, of: 100, at: 1 } }
    const state = await client
      .get(urlOf(tenant))
      .header('X-Requested-With', 'XMLHttpRequest')
      .loginAs(tenant.admin)
    state.assertTextIncludes('value="25"')
    assert.notInclude(state.text(), '<html')
    answer = { at: null, pages: [], run: { state: 'failed', read: 0, of: 0, at: 1 } }
    const failed = await client.get(urlOf(tenant)).loginAs(tenant.admin)
    failed.assertTextIncludes('完了しませんでした')
    failed.assertTextIncludes('レポートを作成する')
  })

  test('REL-06: a server that is down, or lies, is a notice', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const bomb = packed('x'.repeat(5 << 20))
    const lies = [{ html: 'no zlib' }, bomb, { html: 7 }, { at: 'x' }, null]
    for (const lie of [new Unreachable('x'), ...lies]) {
      answer = lie
      const page = await client.get(urlOf(tenant)).loginAs(tenant.admin)
      page.assertTextIncludes('notice--warning')
      const frame = await client
        .get(urlOf(tenant, '/pages/index'))
        .loginAs(tenant.admin)
        .redirects(0)
      assert.oneOf(frame.status(), [302])
    }
    answer = { html: null }
    const none = await client.get(urlOf(tenant, '/pages/usage_209901')).loginAs(tenant.admin)
    none.assertStatus(404)
  })
})
