import config from '@adonisjs/core/services/config'
import router from '@adonisjs/core/services/router'
import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { DateTime } from 'luxon'
import { makeStaff, makeTenant, type Tenant } from '#database/factories/tenant'
import { withheld } from '#middleware/customer_view'
import CustomerView from '#models/customer_view'
import OperationLog from '#models/operation_log'
import type Staff from '#models/staff'
import StaffLog from '#models/staff_log'

const sayingOf = (answer: ApiResponse) =>
  Object.values(answer.flashMessage('inputErrorsBag') as any)
const form = { view_reason: 'お問い合わせ 12' }
const pathOf = ({ contract }: Tenant) => `/staff/contracts/${contract.id}/customer_views`

function begin(client: ApiClient, tenant: Tenant, staff: Staff, typed: object) {
  const request = client.post(pathOf(tenant)).form({ ...form, ...typed })
  return request.withGuard('staff').loginAs(staff).withCsrfToken().redirects(0)
}

/** Looks through the eyes that were opened in that session. */
async function beginning(client: ApiClient, tenant: Tenant, login: string) {
  const staff = await makeStaff()
  const begun = await begin(client, tenant, staff, { view_login: login })
  const view = await CustomerView.firstOrFail()
  const session = { customer_view: view.id }
  const as = (path: string, who = staff) =>
    client.get(path).withSession(session).withGuard('staff').loginAs(who).redirects(0)
  const send = (path: string) =>
    client
      .post(path)
      .form({})
      .withSession(session)
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)
  return { staff, begun, session, as, send, view }
}

test.group('The panel as a customer sees it', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('OPS-07: staff see a contractor’s pages, with a banner on each, and every page is in their log', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { as, begun, staff } = await beginning(client, tenant, tenant.contract.code)
    assert.equal(begun.header('location'), '/')
    const home = await as('/')
    assert.equal(home.header('location'), '/servers')
    for (const path of ['/servers', `/domains/${tenant.domain.id}`, '/contract']) {
      const page = await as(path)
      page.assertStatus(200)
      page.assertTextIncludes('お客さまの画面を表示しています')
      assert.notInclude(page.text(), 'ログアウト')
    }
    const lines = await StaffLog.query().where('staffId', staff.id).orderBy('seq')
    assert.deepEqual(
      lines.map(({ action, detail }) => [action, JSON.parse(detail).path]),
      [
        ['customer_view.store', undefined],
        ['customer_view.show', '/'],
        ['customer_view.show', '/servers'],
        ['customer_view.show', `/domains/${tenant.domain.id}`],
        ['customer_view.show', '/contract'],
      ]
    )
    assert.equal(JSON.parse(lines[0].detail).reason, 'お問い合わせ 12')
    assert.isNull(await OperationLog.findBy({ contractId: tenant.contract.id }))
  })

  test('OPS-07: what is seen is never more than the customer sees', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const other = await makeTenant()
    const admin = await beginning(client, tenant, tenant.admin.login)
    const home = await admin.as('/')
    assert.equal(home.header('location'), `/domains/${tenant.domain.id}`)
    const refused = await admin.as('/contract')
    assert.equal(refused.status(), 403)
    const foreign = await admin.as(`/domains/${other.domain.id}`)
    assert.equal(foreign.status(), 404)
  })

  test('OPS-07: nothing is changed this way', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { send } = await beginning(client, tenant, tenant.contract.code)
    const writing = Object.values(router.toJSON())
      .flat()
      .filter(({ methods, name }) => methods[0] !== 'GET' && !String(name).startsWith('staff.'))
      .filter(({ name }) => !/^(session\.store|password_invitations)/.test(String(name)))
    assert.isAbove(writing.length, 100)
    for (const { methods, name, pattern } of writing) {
      const path = pattern.replaceAll(/:\w+/g, String(tenant.domain.id))
      const query = methods[0] === 'POST' ? '' : `?_method=${methods[0]}`
      const answer = await send(`${path}${query}`)
      const said = answer.status() === 404 ? [] : sayingOf(answer).flat()
      if (answer.status() !== 404) assert.include(said[0], '変更できません', String(name))
    }
    assert.isNull(await OperationLog.findBy({ contractId: tenant.contract.id }))
  }).timeout(60_000)

  test('OPS-07: mails, posts and what databases hold are not shown to staff', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const patterns = Object.values(router.toJSON())
      .flat()
      .filter(({ methods }) => methods.includes('GET'))
      .map(({ pattern }) => pattern)
    for (const each of withheld) assert.include(patterns, each)
    const { as } = await beginning(client, tenant, tenant.contract.code)
    const { domain, mailbox } = tenant
    for (const path of [
      `/mailboxes/${mailbox.id}/junk_mails`,
      `/mailboxes/${mailbox.id}/mail_searches`,
      `/domains/${domain.id}/mail_searches`,
    ]) {
      const page = await as(path)
      page.assertStatus(403)
      page.assertTextIncludes('通信の秘密')
    }
  })

  test('OPS-07: a reason is needed, and a login of that contract', async ({ assert, client }) => {
    const staff = await makeStaff()
    const tenant = await makeTenant()
    const other = await makeTenant()
    const silent = await begin(client, tenant, staff, {
      view_login: tenant.contract.code,
      view_reason: ' ',
    })
    assert.property(silent.flashMessage('inputErrorsBag'), 'view_reason')
    for (const login of [other.contract.code, other.admin.login, 'nobody']) {
      const refused = await begin(client, tenant, staff, { view_login: login })
      assert.property(refused.flashMessage('inputErrorsBag'), 'view_login', login)
    }
    assert.isNull(await CustomerView.first())
  })

  test('OPS-07: it ends by the button, by the clock, and for anybody else who has the session', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { as, send, session, view } = await beginning(client, tenant, tenant.contract.code)
    const colleague = await makeStaff()
    const theirs = await as('/servers', colleague)
    assert.equal(theirs.header('location'), '/staff/contracts')
    const signedOut = await client.get('/servers').withSession(session).redirects(0)
    assert.equal(signedOut.header('location'), '/sign_in')

    await view.merge({ endsAt: DateTime.utc().minus({ seconds: 1 }) }).save()
    const late = await as('/servers')
    assert.equal(late.header('location'), '/staff/contracts')

    await view.merge({ endsAt: DateTime.utc().plus({ minutes: 5 }) }).save()
    const again = await as('/servers')
    again.assertStatus(200)
    const ended = await send(`/staff/customer_views/${view.id}?_method=DELETE`)
    assert.equal(ended.header('location'), `/staff/contracts/${tenant.contract.id}`)
    const over = await as('/servers')
    assert.equal(over.header('location'), '/staff/contracts')
    const last = await StaffLog.query().orderBy('seq', 'desc').firstOrFail()
    assert.equal(last.action, 'customer_view.destroy')
  })

  test('PNL-07: from where staff may not work, they do not look at customers either', async ({
    assert,
    client,
    cleanup,
  }) => {
    const tenant = await makeTenant()
    const { as } = await beginning(client, tenant, tenant.contract.code)
    const sources = config.get('staff.sources')
    cleanup(() => config.set('staff.sources', sources))
    config.set('staff.sources', ['192.0.2.0/24'])
    const page = await as('/servers')
    assert.equal(page.header('location'), '/sign_in')
  })

  test('OPS-07: nobody ends what a colleague has open', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { view } = await beginning(client, tenant, tenant.contract.code)
    const colleague = await makeStaff()
    const answer = await client
      .post(`/staff/customer_views/${view.id}?_method=DELETE`)
      .withGuard('staff')
      .loginAs(colleague)
      .withCsrfToken()
      .redirects(0)
    assert.equal(answer.status(), 404)
    await view.refresh()
    assert.isNull(view.endedAt)
  })

  test('OPS-07: a customer with the key in his session sees only his own pages', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { session } = await beginning(client, tenant, tenant.contract.code)
    const other = await makeTenant()
    const page = await client.get('/servers').withSession(session).loginAs(other.contractor)
    page.assertStatus(200)
    page.assertTextIncludes(other.server.name)
    assert.notInclude(page.text(), tenant.server.name)
  })
})
