import { DateTime } from 'luxon'
import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { makeStaff, makeTenant, password } from '#database/factories/tenant'
import Run from '#models/run'
import RunStep from '#models/run_step'
import Task from '#models/task'

test.group('Staff', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('OPS-07: staff sign in at their own page, customers do not', async ({ assert, client }) => {
    const staff = await makeStaff()
    const { contractor } = await makeTenant()
    const attempt = (login: string) =>
      client.post('/staff/sign_in').form({ login, password }).withCsrfToken().redirects(0)
    const hers = await attempt(staff.login)
    assert.equal(hers.header('location'), '/staff')
    const theirs = await attempt(contractor.login)
    assert.equal(theirs.header('location'), '/staff/sign_in')
    const atCustomers = await client
      .post('/sign_in')
      .form({ login: staff.login, password })
      .withCsrfToken()
      .redirects(0)
    assert.equal(atCustomers.header('location'), '/sign_in')
  })

  test('OPS-07: staff see the servers and contracts of everybody', async ({ client }) => {
    const staff = await makeStaff()
    const [first, second] = [await makeTenant(), await makeTenant()]
    const servers = await client.get('/staff/servers').withGuard('staff').loginAs(staff)
    const contracts = await client.get('/staff/contracts').withGuard('staff').loginAs(staff)
    for (const { server, contract } of [first, second]) {
      servers.assertTextIncludes(server.name)
      contracts.assertTextIncludes(contract.code)
    }
  })

  test('REL-02: staff have a server converged now and watch it', async ({ assert, client }) => {
    const staff = await makeStaff()
    const { server } = await makeTenant()
    const response = await client
      .post(`/staff/servers/${server.id}/converges`)
      .form({})
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)
    const task = await Task.query().where('server_id', server.id).firstOrFail()
    assert.equal(response.header('location'), `/staff/servers/${server.id}?apply=${task.id}`)
    const page = await client
      .get(`/staff/servers/${server.id}?apply=${task.id}`)
      .withGuard('staff')
      .loginAs(staff)
    page.assertTextIncludes(`data-apply="/staff/applies/${task.id}/events"`)
  })

  test('REL-01: a run is told step by step, and what servers wrote is text', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { server } = await makeTenant()
    const run = await Run.create({
      serverId: server.id,
      reason: 'mailbox.store <b>x</b>',
      scope: 'all',
      state: 'rolled_back',
      message: '<script>alert(1)</script>',
      figures: JSON.stringify({ files: 3 }),
      startedAt: DateTime.utc(),
    })
    await RunStep.create({
      runId: run.id,
      position: 1,
      phase: 'check',
      service: 'apache',
      name: 'apachectl -t',
      state: 'failed',
      detail: '<img src=x onerror=alert(2)>\u001b[31m',
      durationMs: 84,
    })
    const list = await client.get(`/staff/servers/${server.id}`).withGuard('staff').loginAs(staff)
    list.assertTextIncludes('元に戻した')
    const page = await client.get(`/staff/runs/${run.id}`).withGuard('staff').loginAs(staff)
    page.assertTextIncludes('84 ms')
    page.assertTextIncludes('&lt;img src=x onerror=alert(2)&gt;')
    assert.notInclude(page.text(), '<script>alert(1)')
    assert.notInclude(page.text(), '<img src=x')
  })
})
