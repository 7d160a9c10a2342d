import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import Task from '#models/task'
import { announceChanged } from '#models/task/announcements'

test.group('Applies', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('the state of an apply is told to who asked for it, as page and as JSON', async ({
    client,
  }) => {
    const { user, server } = await makeTenant()
    const request = { kind: 'converge_server', serverId: server.id, accountId: user.id }
    const task = await Task.enqueue(request)
    const page = await client.get(`/applies/${task.id}`).loginAs(user)
    page.assertTextIncludes('受け付けました')
    const json = await client.get(`/applies/${task.id}`).accept('json').loginAs(user)
    json.assertBodyContains({ id: task.id, state: 'queued', finished: false })
  })

  test('its events tell each change and end with the last', async ({ assert, client }) => {
    const { contractor, server } = await makeTenant()
    const task = await Task.enqueue({ kind: 'converge_server', serverId: server.id })
    setTimeout(async () => {
      await task.merge({ state: 'running', progress: 40, message: '設定を検査しています。' }).save()
      announceChanged(task.id)
      setTimeout(() => task.merge({ state: 'done', progress: 100, message: null }).save(), 50)
    }, 50)

    const response = await client.get(`/applies/${task.id}/events`).loginAs(contractor)
    response.assertHeader('content-type', 'text/event-stream; charset=utf-8')
    const states = [...response.text().matchAll(/"state":"(\w+)"/g)].map(([, state]) => state)
    assert.deepEqual(states, ['queued', 'running', 'done'])
  })

  test('REL-04: an apply of somebody else is not there', async ({ client }) => {
    const { server } = await makeTenant()
    const other = await makeTenant()
    const task = await Task.enqueue({ kind: 'converge_server', serverId: server.id })
    for (const path of [`/applies/${task.id}`, `/applies/${task.id}/events`]) {
      const response = await client.get(path).loginAs(other.contractor)
      response.assertStatus(404)
    }
    const page = await client
      .get(`/servers/${other.server.id}?apply=${task.id}`)
      .loginAs(other.contractor)
    page.assertStatus(200)
    page.assert!.notInclude(page.text(), 'data-apply="')
  })
})
