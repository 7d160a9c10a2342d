import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import OperationLog from '#models/operation_log'
import type Server from '#models/server'
import Task from '#models/task'

test.group('SRV-05: power of servers', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  function powerTasks(server: Server) {
    return Task.query().where({ serverId: server.id, kind: 'power_server' }).orderBy('id')
  }

  test('SRV-05: the contractor confirms first; then a task does it, with a line in the log', async ({
    assert,
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    const page = await client.get(`/servers/${server.id}`).loginAs(contractor)
    page.assertTextIncludes(`/servers/${server.id}/power?power=restart`)
    const path = `/servers/${server.id}/power`
    const confirmation = await client.get(path).qs({ power: 'stop' }).loginAs(contractor)
    confirmation.assertTextIncludes('停止する')
    confirmation.assertTextIncludes('サイトは表示されず')
    assert.lengthOf(await powerTasks(server), 0)

    await client.post(path).form({ power: 'stop' }).withCsrfToken().loginAs(contractor)
    const [task, ...more] = await powerTasks(server)
    assert.lengthOf(more, 0)
    assert.equal(task.lockKey, `server:${server.id}`)
    assert.deepEqual(task.input, { serverId: server.id, action: 'stop' })
    const line = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
    assert.deepEqual(
      [line.action, line.target, line.actor, Boolean(line.succeeded)],
      ['server_power.stop', server.name, contractor.login, true]
    )
    const later = await client.get(`/servers/${server.id}`).loginAs(contractor)
    later.assertTextIncludes('操作が進行中です')
  })

  test('SRV-05: one thing at a time: while it is switched or changed, nothing else is', async ({
    assert,
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    for (const kind of ['power_server', 'resize_server', 'build_server', 'rebuild_server']) {
      const task = await Task.enqueue({ kind, serverId: server.id, lockKey: `server:${server.id}` })
      const answer = await client
        .post(`/servers/${server.id}/power`)
        .form({ power: 'restart' })
        .withCsrfToken()
        .redirects(0)
        .loginAs(contractor)
      assert.include(JSON.stringify(answer.flashMessages()), '進行中です')
      await task.cancel()
    }
    assert.lengthOf(await powerTasks(server).whereNot('state', 'cancelled'), 0)
  })

  test('SRV-05: what its state does not allow is refused in words', async ({ assert, client }) => {
    const { contractor, server } = await makeTenant()
    const tried = [
      ['running', 'virtual', 'start', 'すでに稼働しています'],
      ['stopped', 'virtual', 'stop', 'すでに停止しています'],
      ['stopped', 'virtual', 'restart', 'すでに停止しています'],
      ['building', 'virtual', 'restart', '準備ができていない'],
      ['failed', 'virtual', 'start', '準備ができていない'],
      ['running', 'physical', 'stop', '再起動だけを行えます'],
    ] as const
    for (const [state, kind, power, words] of tried) {
      await server.merge({ state, kind }).save()
      const answer = await client
        .post(`/servers/${server.id}/power`)
        .form({ power })
        .withCsrfToken()
        .redirects(0)
        .loginAs(contractor)
      assert.include(JSON.stringify(answer.flashMessages()), words)
    }
    assert.lengthOf(await powerTasks(server), 0)
  })

  test('SRV-05: staff may, a domain admin never, and another’s server is not there', async ({
    assert,
    client,
  }) => {
    const { admin, server } = await makeTenant()
    const other = await makeTenant()
    const staff = await makeStaff()
    const ask = (path: string) => client.post(path).form({ power: 'restart' }).withCsrfToken()
    const byAdmin = await ask(`/servers/${server.id}/power`).loginAs(admin)
    byAdmin.assertStatus(404)
    const byOther = await ask(`/servers/${server.id}/power`).loginAs(other.contractor)
    byOther.assertStatus(404)
    assert.lengthOf(await powerTasks(server), 0)
    const path = `/staff/servers/${server.id}/power`
    const page = await client.get(path).qs({ power: 'restart' }).withGuard('staff').loginAs(staff)
    page.assertTextIncludes('再起動する')
    await ask(path).withGuard('staff').loginAs(staff)
    const [task] = await powerTasks(server)
    assert.isNull(task.accountId)
  })
})
