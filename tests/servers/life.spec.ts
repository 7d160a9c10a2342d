import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { Day } from '#calendar/day'
import { computeFor } from '#compute/index'
import AssertServers from '#jobs/assert_servers'
import LookAtServers from '#jobs/look_at_servers'
import ComputeNode from '#models/compute_node'
import Order from '#models/order'
import Server, { type ServerState } from '#models/server'
import { alertsOfRow } from '#models/server/alerts'
import { endServer, removeEndedServers } from '#models/server/end'
import type { PowerAction } from '#models/server/power'
import { buildAgain, isUnfinished } from '#models/server/unfinished'
import ServerAddress from '#models/server_address'
import Task from '#models/task'
import { leftInDatabase, leftInLxd } from '#tests/support/left_behind'
import { MortalSocket } from '#tests/support/mortal_socket'
import { freeTestRange } from '#tests/support/test_instances'
import { testServer, type TestServer } from '#tests/support/test_server'

test.group('The life of a virtual server', (group) => {
  let server: TestServer
  let socket: MortalSocket
  /** Ordered and built through the socket that dies. */
  let added: Server
  group.setup(async () => {
    server = await testServer()
    const { facts } = server
    socket = new MortalSocket(facts.socket)
    const range = await freeTestRange(facts)
    const prefix = `${facts.prefix}test-${process.pid}-`
    const through = { ...facts, ...range, prefix, socket: socket.path }
    await ComputeNode.register('test-life', through)
    // Everything below is to be ordered from that node
    await ServerAddress.query()
      .whereNot('address', range.firstAddress)
      .whereNull('serverId')
      .delete()
    return async () => {
      await socket.die()
      if (added) await server.lxc(['delete', '-f', added.instance])
    }
  })

  /** What has to be tried again is, until that. */
  async function untilState(order: Order, state: ServerState): Promise<Server> {
    for (;;) {
      await server.runTasks()
      await order.refresh()
      const found = await Server.find(order.serverId)
      if (found?.state === state) return found
      await wait(200)
    }
  }

  async function untilDone(kind: string) {
    for (;;) {
      await server.runTasks()
      const task = await Task.query().where('kind', kind).orderBy('id', 'desc').firstOrFail()
      if (task.state === 'done') return
      await wait(200)
    }
  }

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

  test('SRV-01, ORD-02: the daemon dies in the middle of a creation: nothing is left behind, the order waits, staff see it', async ({
    assert,
  }) => {
    await socket.live()
    socket.dieAfter('POST /1.0/instances?')
    const order = await Order.place(
      {
        ...{ kind: 'server_addition', contractId: server.contractor.contractId },
        ...{ details: { plan: 'A' }, token: randomUUID() },
      },
      server.contractor
    )
    added = await untilState(order, 'failed')
    assert.equal(order.state, 'working')
    const late = await order.related('events').query().where('what', 'late').firstOrFail()
    assert.isTrue(Boolean(late.isInternal))
    assert.isTrue(await isUnfinished(added))

    await socket.live()
    await untilDone('clear_build')
    await added.refresh()
    assert.deepEqual(await leftInLxd(server, added.instance), [])
    assert.isNull(added.address)
    assert.isNull(await ServerAddress.findBy('serverId', added.id))

    // Once more, and it is back before anybody gave up
    socket.dieAfter('POST /1.0/instances?')
    await db.transaction((client) => buildAgain(added, client))
    await server.runTasks()
    await added.refresh()
    assert.equal(added.state, 'building')
    await socket.live()
    await untilState(order, 'running')
    assert.equal(order.state, 'done')
    const made = await leftInLxd(server, added.instance)
    assert.sameMembers(made, [...new Set(made)])
    assert.lengthOf(
      made.filter((name) => name === added.instance),
      1
    )
  }).timeout(240_000)

  test('SRV-03: a machine that was deleted past the panel is told of, and never made anew by itself', async ({
    assert,
  }) => {
    await server.lxc(['delete', '-f', added.instance])
    await Task.enqueue({ kind: LookAtServers.kind })
    await server.runTasks()
    await added.refresh()
    assert.equal(added.machineStatus, 'missing')
    assert.deepEqual(alertsOfRow(added), ['missing'])
    const restart = await added.switchPower('restart', server.actor)
    await Task.enqueue({ kind: AssertServers.kind })
    await server.runTasks()
    await restart.refresh()
    assert.equal(restart.state, 'failed')
    assert.include(restart.message, '実体が見つからない')
    const left = await leftInLxd(server, added.instance)
    assert.notInclude(left, added.instance)
  })

  test('ORD-04: what has ended goes for good, and nothing in LXD or in the database is left of it', async ({
    assert,
  }) => {
    await db.transaction(async (client) => {
      const locked = await Server.lock(added.id, client)
      await endServer(locked, Day.at(new Date()), client)
    })
    await added.merge({ removesAt: added.createdAt }).save()
    await removeEndedServers()
    await untilDone('remove_server')
    await added.refresh()
    assert.equal(added.state, 'removed')
    assert.deepEqual(await leftInLxd(server, added.instance), [])
    assert.deepEqual(await leftInDatabase(added.id), [])
  })
})
