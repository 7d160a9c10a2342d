import app from '@adonisjs/core/services/app'
import ace from '@adonisjs/core/services/ace'
import config from '@adonisjs/core/services/config'
import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { makeStaff, makeTenant, password } from '#database/factories/tenant'
import ContractOpen from '#commands/contract_open'
import type Account from '#models/account'
import { versionOf } from '#models/mail_address/list'
import OperationLog from '#models/operation_log'
import StaffLog from '#models/staff_log'
import PanelRestriction from '#models/panel_restriction'

const office = '198.51.100.7'
const elsewhere = '203.0.113.9'
const path = '/contract/panel_restriction'

interface Asked {
  header(name: string, value: string): this
}

/** The test's own connection comes from a trusted proxy, as everything does behind a web server on the same machine. */
const from = <Request extends Asked>(request: Request, ip: string): Request =>
  request.header('x-forwarded-for', ip)

const save = (client: ApiClient, account: Account, form: object, ip = office) =>
  from(client.post(`${path}?_method=PUT`), ip)
    .form(form)
    .loginAs(account)
    .withCsrfToken()
    .redirects(0)

const signIn = (client: ApiClient, login: string, ip: string, secret = password) =>
  from(client.post('/sign_in'), ip).form({ login, password: secret }).withCsrfToken().redirects(0)

const errorsOf = (response: ApiResponse): Record<string, string[]> =>
  response.flashMessage('inputErrorsBag') as never

test.group('Where the panel can be used from', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('PNL-07: without a list the panel is open to every address', async ({ client }) => {
    const { contractor, user } = await makeTenant()
    for (const account of [contractor, user]) {
      const response = await signIn(client, account.login, elsewhere)
      response.assertHeader('location', '/')
    }
  })

  test('PNL-07: people of all three roles sign in from the listed places only, and it is logged', async ({
    assert,
    client,
  }) => {
    const { contractor, admin, user } = await makeTenant()
    await save(client, contractor, { sources: `${office}\n2001:db8:1::/48` })
    for (const account of [contractor, admin, user]) {
      for (const ip of [office, `::ffff:${office}`, '2001:db8:1:2::3']) {
        const welcome = await signIn(client, account.login, ip)
        assert.equal(welcome.header('location'), '/', `${account.login} ${ip}`)
      }
      const refused = await signIn(client, account.login, elsewhere)
      assert.equal(refused.header('location'), '/sign_in')
      assert.include(refused.flashMessage('refusal'), elsewhere)
      refused.assertSessionMissing('auth_customer')
      const line = await OperationLog.query()
        .where({ account_id: account.id, action: 'kept_out_session.store' })
        .firstOrFail()
      assert.equal(line.ip, elsewhere)
      assert.isFalse(line.succeeded)
    }
  })

  test('PNL-07: who does not know the password learns nothing of the list', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    await save(client, contractor, { sources: office })
    const guess = await signIn(client, contractor.login, elsewhere, 'not the password')
    assert.notInclude(guess.flashMessage('refusal'), elsewhere)
    const lines = await OperationLog.visibleTo(contractor)
    assert.equal(lines[0].action, 'session.store')
  })

  test('PNL-07: tries from elsewhere are limited even with the right password', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    await save(client, contractor, { sources: office })
    for (let time = 0; time < 5; time++) await signIn(client, contractor.login, elsewhere)
    const blocked = await signIn(client, contractor.login, elsewhere)
    blocked.assertStatus(429)
    const own = await signIn(client, contractor.login, office)
    assert.equal(own.header('location'), '/')
  })

  test('PNL-07: a session that turns up elsewhere is over, page by page', async ({
    assert,
    client,
  }) => {
    const { contractor, user } = await makeTenant()
    await save(client, contractor, { sources: office })
    for (const account of [contractor, user]) {
      const inside = await from(client.get('/operation_logs'), office).loginAs(account).redirects(0)
      assert.equal(inside.status(), 200)
      const outside = await from(client.get('/operation_logs'), elsewhere)
        .loginAs(account)
        .redirects(0)
      assert.equal(outside.header('location'), '/sign_in')
      assert.include(outside.flashMessage('refusal'), elsewhere)
      outside.assertSessionMissing('auth_customer')
    }
    const lines = await OperationLog.query().where({ action: 'kept_out_session.destroy' })
    assert.lengthOf(lines, 2)
  })

  test('PNL-07: an address that somebody wrote into the header himself counts for nothing', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    await save(client, contractor, { sources: office })
    for (const forged of [`${office}, ${elsewhere}`, `${office},127.0.0.1, ${elsewhere}`]) {
      const refused = await signIn(client, contractor.login, forged)
      assert.equal(refused.header('location'), '/sign_in', forged)
    }
    const nonsense = await signIn(client, contractor.login, `${office}, not an address`)
    assert.notEqual(nonsense.header('location'), '/')
  })

  test('PNL-07: who is not in his own list is warned, and may insist', async ({
    assert,
    client,
  }) => {
    const { contractor, contract } = await makeTenant()
    const warned = await save(client, contractor, { sources: elsewhere })
    const { accepts_lock_out: words } = errorsOf(warned)
    assert.include(words[0], office)
    assert.deepEqual(await PanelRestriction.sourcesOf(contract.id), [])
    const form = await from(client.post(`${path}?_method=PUT`), office)
      .header('referer', `http://127.0.0.1:${process.env.PORT}${path}`)
      .form({ sources: elsewhere })
      .loginAs(contractor)
      .withCsrfToken()
    form.assertTextIncludes('承知のうえで保存する')

    await save(client, contractor, { 'sources': elsewhere, 'accepts_lock_out[]': 'on' })
    assert.deepEqual(await PanelRestriction.sourcesOf(contract.id), [elsewhere])
  })

  test('PNL-07: wrong lines are said with their number, and nothing is saved', async ({
    assert,
    client,
  }) => {
    const { contractor, contract } = await makeTenant()
    const wrong = `${office}\nexample.jp\n192.0.2.0/33\n0.0.0.0/0`
    const refused = await save(client, contractor, { sources: wrong })
    const { sources } = errorsOf(refused)
    assert.lengthOf(sources, 3)
    assert.include(sources[0], '2行目「example.jp」')
    assert.include(sources[2], '制限しないときは')
    const many = Array.from({ length: 101 }, (_, index) => `2001:db8::${index + 1}`).join('\n')
    const tooMany = await save(client, contractor, { sources: many })
    assert.include(errorsOf(tooMany).sources[0], '100件まで')
    assert.deepEqual(await PanelRestriction.sourcesOf(contract.id), [])
  })

  test('PNL-07: an empty list opens the panel again, and each change is one line without values', async ({
    assert,
    client,
  }) => {
    const { contractor, contract } = await makeTenant()
    await save(client, contractor, { sources: `${office}\n192.0.2.7/24` })
    assert.deepEqual(await PanelRestriction.sourcesOf(contract.id), [office, '192.0.2.0/24'])
    await save(client, contractor, { sources: `192.0.2.0/24, ${office}` })
    await save(client, contractor, { sources: '' })
    assert.deepEqual(await PanelRestriction.sourcesOf(contract.id), [])
    const lines = await OperationLog.query().where({ contractId: contract.id })
    assert.deepEqual(
      lines.map(({ action, target }) => [action, target]),
      [
        ['panel_restriction.update', null],
        ['panel_restriction.update', null],
      ]
    )
  })

  test('PNL-07: nobody overwrites a list that he has not seen', async ({ assert, client }) => {
    const { contractor, contract } = await makeTenant()
    const loaded = versionOf([])
    await save(client, contractor, { sources: office, loaded })
    const stale = await save(client, contractor, { sources: `${office}\n192.0.2.1`, loaded })
    assert.property(errorsOf(stale), 'sources')
    assert.deepEqual(await PanelRestriction.sourcesOf(contract.id), [office])
  })

  test('PNL-07: a list holds for its own contract', async ({ client }) => {
    const { contractor } = await makeTenant()
    const other = await makeTenant()
    await save(client, contractor, { sources: office })
    const response = await signIn(client, other.user.login, elsewhere)
    response.assertHeader('location', '/')
  })

  test('PNL-07: staff let a contract in again, which is not in its log', async ({
    assert,
    client,
  }) => {
    const { contractor, contract } = await makeTenant()
    const staff = await makeStaff()
    await save(client, contractor, { sources: office })
    const page = await client
      .get(`/staff/contracts/${contract.id}`)
      .withGuard('staff')
      .loginAs(staff)
    page.assertTextIncludes(office)
    const lifted = await client
      .post(`/staff/contracts/${contract.id}/panel_restriction?_method=DELETE`)
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)
    assert.equal(lifted.header('location'), `/staff/contracts/${contract.id}`)
    const response = await signIn(client, contractor.login, elsewhere)
    response.assertHeader('location', '/')
    const lines = await OperationLog.query()
      .where({ contractId: contract.id })
      .whereNot('role', 'contractor')
    assert.lengthOf(lines, 0)
    const act = await StaffLog.findByOrFail({ action: 'panel_restriction.destroy' })
    assert.deepEqual([act.actor, act.target], [staff.login, contract.code])
  })

  test('PNL-07: `contract:open` does the same at a terminal', async ({ assert, client }) => {
    const { contractor, contract } = await makeTenant()
    await save(client, contractor, { sources: office })
    ace.ui.switchMode('raw')
    const run = async (...argv: string[]) => {
      const command = await ace.create(ContractOpen, argv)
      await command.exec()
      return command
    }
    const unknown = await run('c999999999')
    assert.equal(unknown.exitCode, 1)
    const opened = await run(contract.code.toUpperCase(), '--json')
    opened.assertSucceeded()
    opened.assertLog(JSON.stringify({ contract: contract.code, lifted: true }))
    assert.deepEqual(await PanelRestriction.sourcesOf(contract.id), [])
    const again = await run(contract.code)
    again.assertSucceeded()
  }).teardown(() => ace.ui.switchMode('normal'))
})

test.group('Where staff work from', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())
  group.each.setup(() => {
    config.set('staff.sources', [office, '2001:db8:1::/48'])
    return () => config.set('staff.sources', [])
  })

  test('PNL-07: the area of staff is shut to everybody else, with its page to sign in', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    for (const page of ['/staff/sign_in', '/staff', '/staff/servers']) {
      const outside = await from(client.get(page), elsewhere).withGuard('staff').loginAs(staff)
      assert.equal(outside.status(), 403, page)
      assert.include(outside.text(), elsewhere)
      outside.assertSessionMissing('auth_staff')
    }
    const tried = await from(client.post('/staff/sign_in'), elsewhere)
      .form({ login: staff.login, password })
      .withCsrfToken()
      .redirects(0)
    tried.assertStatus(403)
    tried.assertSessionMissing('auth_staff')
    const inside = await from(client.get('/staff/servers'), office)
      .withGuard('staff')
      .loginAs(staff)
    assert.equal(inside.status(), 200)
  })

  test('PNL-07: customers have nothing to do with it', async ({ client }) => {
    const { contractor } = await makeTenant()
    const response = await signIn(client, contractor.login, elsewhere)
    response.assertHeader('location', '/')
  })

  test('PNL-07: a list that can not be read stops the panel from starting', async ({ assert }) => {
    const { execFile } = await import('node:child_process')
    const run = (sources: string) =>
      new Promise<{ code: number; text: string }>((resolve) => {
        const env = { ...process.env, STAFF_SOURCES: sources }
        const argv = ['ace.js', 'list']
        execFile(process.execPath, argv, { cwd: app.makePath(), env }, (error, out, err) => {
          resolve({ code: error ? 1 : 0, text: `${out}${err}` })
        })
      })
    const refused = await run('192.0.2.0/24, 198.51.100.300')
    assert.equal(refused.code, 1)
    assert.include(refused.text, '198.51.100.300')
  }).timeout(30_000)
})
