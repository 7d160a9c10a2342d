import { randomUUID } from 'node:crypto'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { Day } from '#calendar/day'
import { addedCard } from '#compute/added_card'
import { computeFor } from '#compute/index'
import AssertServers from '#jobs/assert_servers'
import ComputeNode from '#models/compute_node'
import Fee from '#models/fee'
import Option from '#models/option'
import type Order from '#models/order'
import Server from '#models/server'
import { removeEndedServers } from '#models/server/end'
import ServerAddress from '#models/server_address'
import Task from '#models/task'
import { place } from '#orders/placing'
import { contractor as authorOf } from '#models/order/author'
import { performDue } from '#orders/performing'
import type { OrderRequest } from '#orders/placing'
import { freeTestRange } from '#tests/support/test_instances'
import { testServer, type TestServer } from '#tests/support/test_server'

const gib = 2 ** 30

test.group('Orders on real servers', (group) => {
  let server: TestServer
  group.setup(async () => {
    server = await testServer()
  })

  function apply(kind: string, request: Partial<OrderRequest>) {
    const { contractor } = server
    const whole = { contractId: contractor.contractId, details: {}, token: randomUUID() }
    return place({ ...whole, ...request, kind }, authorOf(contractor))
  }

  /** Until nothing is queued: what an order asks for is done by tasks. */
  async function done(order: Order) {
    await server.runTasks()
    await order.refresh()
    return order.state
  }

  /** As if its day had come; tasks of the future stay where they are. */
  async function doneOnItsDay(order: Order) {
    await performDue(order, order.dueAt!.toJSDate())
    return done(order)
  }

  async function changePlan(plan: string) {
    const serverId = server.server.id
    const order = await apply('plan_change', { serverId, details: { plan, when: 'now' } })
    const state = await done(order)
    // The next one in this test is another day's
    await order.merge({ dayKey: null }).save()
    return state
  }

  async function inside(...argv: string[]) {
    const { stdout } = await server.exec(argv)
    return stdout.trim()
  }

  test('OPT-01: a plan goes up and down again, with a restart, and its data are there', async ({
    assert,
  }) => {
    const { server: row } = server
    await server.exec(['touch', '/root/kept'])
    const bootedAt = await inside('uptime', '-s')
    await db.transaction((client) =>
      Fee.begin(
        { contractId: row.contractId, code: 'plan.B', serverId: row.id, from: Day.at(new Date()) },
        client
      )
    )
    for (const [plan, cores, memoryGb] of [
      ['C', 4, 8],
      ['A', 1, 2],
    ] as const) {
      assert.equal(await changePlan(plan), 'done')
      const compute = await computeFor(await row.refresh())
      const state = await compute.state()
      assert.equal(row.plan, plan)
      assert.equal(state.status, 'running')
      assert.equal(state.cores, cores)
      assert.equal(state.memoryLimitBytes, memoryGb * gib)
      assert.deepEqual(await compute.assertConfiguration(), [])
      const last = await Fee.query().where('serverId', row.id).orderBy('id', 'desc').firstOrFail()
      assert.equal(last.code, `plan.${plan}`)
    }
    assert.notEqual(await inside('uptime', '-s'), bootedAt)
    const { status } = await server.exec(['test', '-e', '/root/kept'])
    assert.equal(status, 0)
  })

  test('OPT-01: less memory than is in use is refused in words, and nothing has changed', async ({
    assert,
  }) => {
    const { server: row } = server
    await row.refresh()
    const details = { plan: 'A', when: 'now' }
    if (row.plan === 'A') await changePlan('B')
    // What is in there no cache would give back
    await server.exec(['dd', 'if=/dev/zero', 'of=/dev/shm/held', 'bs=1M', 'count=1900'])
    const bootedAt = await inside('uptime', '-s')
    try {
      await assert.rejects(
        () => apply('plan_change', { serverId: row.id, details }),
        'refused: order_memory_is_in_use'
      )
      // One that was placed before it grew: its task finds out
      const booked = { when: 'booked', plan: 'A' }
      const dueOn = String(Day.at(new Date()).plus(1))
      const request = { serverId: row.id, details: booked, dueOn, window: '10:00' }
      const order = await apply('plan_change', request)
      assert.equal(await doneOnItsDay(order), 'rejected')
      const last = await order.related('events').query().orderBy('id', 'desc').firstOrFail()
      assert.include(last.text, 'プランAのメモリ（2 GB）に収まらない')
      const compute = await computeFor(await row.refresh())
      const state = await compute.state()
      assert.deepEqual([row.plan, state.cores], ['B', 2])
      assert.equal(state.memoryLimitBytes, 4 * gib)
      assert.equal(await inside('uptime', '-s'), bootedAt)
    } finally {
      await server.exec(['rm', '-f', '/dev/shm/held'])
    }
  })

  test('OPT-02: a disk grows by what was ordered, without a restart', async ({ assert }) => {
    const { server: row } = server
    const compute = await computeFor(await row.refresh())
    const before = await compute.state()
    const bootedAt = await inside('uptime', '-s')
    const day = new Date(Date.now() + 21 * 86_400_000)
    const request = { serverId: row.id, details: { units: 2 }, window: '10-12' }
    const order = await firstPossible(day, (dueOn) =>
      apply('disk_extension', { ...request, dueOn })
    )
    assert.equal(order.state, 'waiting')
    assert.equal(await doneOnItsDay(order), 'done')
    await row.refresh()
    const after = await compute.state()
    assert.equal(row.diskGb, 300)
    assert.equal(after.diskLimitBytes! - before.diskLimitBytes!, 200 * gib)
    assert.equal(await inside('uptime', '-s'), bootedAt)
    const fee = await Fee.query().where('orderId', order.id).firstOrFail()
    assert.deepEqual([fee.code, fee.quantity], ['disk.100gb', 2])
    const grown = await computeFor(row)
    assert.deepEqual(await grown.assertConfiguration(), [])
  })

  test('OPT-03: an added address answers from outside, and is given back', async ({ assert }) => {
    const { server: row } = server
    const domain = await server.addDomain('address.example.jp')
    const { firstAddress: address } = await freeTestRange(server.facts)
    await ServerAddress.create({ computeNodeId: row.computeNodeId, address })
    const details = { names: 'both' }
    const ssl = await apply('ssl_quick', { domainId: domain.id, details })
    const wish = { serverId: row.id, details: { ssl_order: ssl.id } }
    const order = await apply('global_ip', wish)
    assert.equal(order.dueOn, ssl.dueOn)
    assert.equal(await doneOnItsDay(order), 'done')
    const page = await server.http(domain.testName, '/', { at: address })
    const first = await server.http(domain.testName)
    assert.equal(page.status, first.status)

    // Taken away past the panel, it is back after the nightly look
    await server.lxc(['config', 'device', 'remove', row.instance, `ip-${addedCard(address)}`])
    await assert.rejects(() => server.http(domain.testName, '/', { at: address, patienceMs: 1500 }))
    await Task.enqueue({ kind: AssertServers.kind })
    await server.runTasks()
    const again = await server.http(domain.testName, '/', { at: address })
    assert.equal(again.status, first.status)

    const option = await Option.query().where('orderId', order.id).firstOrFail()
    const cancellation = await apply('global_ip_cancellation', { optionId: option.id })
    assert.equal(await doneOnItsDay(cancellation), 'done')
    await assert.rejects(() => server.http(domain.testName, '/', { at: address, patienceMs: 2000 }))
    const http = await server.http(domain.testName)
    assert.equal(http.status, first.status)
    const free = await ServerAddress.findByOrFail('address', address)
    assert.isNull(free.serverId)
  })

  test('ORD-02, ORD-04: a further server is built, cancelled, kept a while and removed', async ({
    assert,
  }) => {
    const range = await freeTestRange(server.facts)
    const prefix = `${server.facts.prefix}test-${process.pid}-`
    await ComputeNode.register('test-orders', { ...server.facts, ...range, prefix })
    const order = await apply('server_addition', { details: { plan: 'A', description: '追加' } })
    assert.equal(await done(order), 'done')
    const added = await Server.findOrFail(order.serverId)
    const compute = await computeFor(added)
    app.terminating(() => compute.delete())
    assert.equal(added.state, 'running')
    assert.equal(added.description, '追加')
    const running = await compute.state()
    assert.deepEqual(running.addresses, [added.address])

    const tomorrow = String(Day.at(new Date()).plus(1))
    const request = { serverId: added.id, dueOn: tomorrow }
    const cancellation = await apply('server_cancellation', request)
    assert.equal(await doneOnItsDay(cancellation), 'done')
    await added.refresh()
    assert.equal(added.state, 'ended')
    const stopped = await compute.state()
    assert.equal(stopped.status, 'stopped')
    const fee = await Fee.query().where('orderId', order.id).firstOrFail()
    assert.equal(fee.untilOn, tomorrow)

    assert.equal(await removeEndedServers(), 0, 'it is kept')
    await added.merge({ removesAt: added.createdAt }).save()
    assert.equal(await removeEndedServers(), 1)
    await server.runTasks()
    await added.refresh()
    assert.equal(added.state, 'removed')
    const gone = await compute.state()
    assert.equal(gone.status, 'missing')
    const free = await db.from('server_addresses').where('address', range.firstAddress).first()
    assert.isNull(free.server_id)
  })
})

/** Days around the turn of the year are closed. */
async function firstPossible(from: Date, order: (day: string) => Promise<Order>) {
  for (let ahead = 0; ; ahead++) {
    try {
      return await order(String(Day.at(from).plus(ahead)))
    } catch (error) {
      if (ahead === 10 || !String(error).includes('refused: order_day_closed')) throw error
    }
  }
}
