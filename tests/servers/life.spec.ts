import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { computeFor } from '#compute/index'
import AssertServers from '#jobs/assert_servers'
import Task from '#models/task'
import type { PowerAction } from '#models/server/power'
import { testServer, type TestServer } from '#tests/support/test_server'

test.group('The life of a virtual server', (group) => {
  let server: TestServer
  group.setup(async () => {
    server = await testServer()
  })

  /** As its contractor does it, until nothing is queued. */
  async function switchPower(action: PowerAction): Promise<Task> {
    await server.server.refresh()
    const task = await server.server.switchPower(action, server.actor)
    await server.runTasks()
    await server.server.refresh()
    return task.refresh()
  }

  async function status() {
    const compute = await computeFor(await server.server.refresh())
    const state = await compute.state()
    return state.status
  }

  async function bootedAt() {
    const { stdout } = await server.exec(['uptime', '-s'])
    return stdout.trim()
  }

  test('SRV-05: a restart is a restart, and everything serves again', async ({ assert }) => {
    const domain = await server.addDomain('life.example.jp')
    const before = await bootedAt()
    const task = await switchPower('restart')
    assert.equal(task.state, 'done', task.error ?? '')
    assert.equal(task.message, 'サーバを再起動しました。')
    assert.notEqual(await bootedAt(), before)
    const page = await server.http(domain.testName)
    assert.equal(page.status, 200)
  })

  test('SRV-05: stopped by its customer it stays so, through the nightly look and with its node', async ({
    assert,
  }) => {
    const task = await switchPower('stop')
    assert.equal(task.state, 'done', task.error ?? '')
    assert.equal(server.server.state, 'stopped')
    assert.equal(await status(), 'stopped')
    await Task.enqueue({ kind: AssertServers.kind })
    await server.runTasks()
    assert.equal(await status(), 'stopped')
    const compute = await computeFor(server.server)
    assert.deepEqual(await compute.assertConfiguration(), [])
    assert.equal(await server.instanceConfig('boot.autostart'), 'false')
  })

  test('SRV-05: what is changed while it is stopped waits, and is there when it runs again', async ({
    assert,
  }) => {
    const apply = await db.transaction((client) =>
      server.server.requestApply({ reason: 'tests' }, client)
    )
    await server.runTasks()
    await apply.refresh()
    assert.equal(apply.state, 'cancelled')
    assert.include(apply.message, '起動したときに反映します')

    const task = await switchPower('start')
    assert.equal(task.state, 'done', task.error ?? '')
    assert.equal(server.server.state, 'running')
    assert.equal(await status(), 'running')
    assert.equal(await server.instanceConfig('boot.autostart'), 'true')
    const last = await Task.query().where('kind', 'converge_server').orderBy('id', 'desc').first()
    assert.equal(last!.state, 'done')
  })
})
