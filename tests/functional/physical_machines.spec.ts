import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makePhysicalMachine, wellFacts } from '#database/factories/physical_machine'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import { programs } from '#compute/adopted/inspection'
import LookAtMachine from '#jobs/look_at_machine'
import type { TaskRun } from '#jobs/task_run'
import Fee from '#models/fee'
import Order from '#models/order'
import { staffMember } from '#models/order/author'
import PhysicalMachine from '#models/physical_machine'
import { assignToOrder } from '#models/physical_machine/assignment'
import { stockCounts } from '#models/physical_machine/listing'
import Server from '#models/server'
import StaffLog from '#models/staff_log'
import Task from '#models/task'
import { HostileMachine, saying } from '#tests/support/hostile_machine'
import messages from '../../resources/lang/ja/messages.json' with { type: 'json' }

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBPF0JVD2jKX/bR+vLpPAbW3cI9CzvQbmgSydb0WVOoX'

const fields = {
  machine_name: 'rack 3-12',
  machine_plan: 'SSD',
  machine_address: '198.51.100.12',
  machine_key: '',
}

async function post(client: ApiClient, path: string, form: Record<string, string> = {}) {
  const staff = await makeStaff()
  const request = client.post(path).form(form).withGuard('staff').loginAs(staff)
  return request.withCsrfToken().redirects(0)
}

async function page(client: ApiClient, path: string) {
  const staff = await makeStaff()
  return client.get(path).withGuard('staff').loginAs(staff)
}

/** As a worker does, without a row of the queue. */
async function look(machine: PhysicalMachine) {
  const run = { payload: { machineId: machine.id }, progress: async () => {}, log: async () => {} }
  await new LookAtMachine().handle(run as unknown as TaskRun)
  return machine.refresh()
}

/** Everybody who ordered one has a contract; what is asked is in its form. */
async function physicalOrder(plan = 'SSD') {
  const { contract } = await makeTenant()
  const staff = await makeStaff()
  const request = {
    ...{ contractId: contract.id, kind: 'physical_server_addition', token: crypto.randomUUID() },
    ...{ details: { plan }, dueOn: '2030-01-15' },
  }
  const order = await Order.enter(request as never, staff, { reason: 'agreed' })
  return { order, staff, contract }
}

test.group('SRV-02: machines of the provider’s own', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('SRV-02: staff register one; the page prints a line that lets the panel in, and a look is queued', async ({
    assert,
    client,
  }) => {
    const form = await page(client, '/staff/physical_machines/create')
    form.assertTextIncludes('tsukasa-panel')
    form.assertTextIncludes('ssh-keygen -lf')
    const answer = await post(client, '/staff/physical_machines', fields)
    const machine = await PhysicalMachine.firstOrFail()
    assert.equal(answer.header('location'), `/staff/physical_machines/${machine.id}`)
    assert.include(machine.toJSON(), { state: 'registered', plan: 'SSD', hostKey: null })
    const task = await Task.findByOrFail('kind', 'look_at_machine')
    assert.equal(task.id, machine.taskId)
    const shown = await page(client, `/staff/physical_machines/${machine.id}`)
    shown.assertTextIncludes('rack 3-12')
  })

  for (const [field, values] of Object.entries({
    machine_name: ['', '<b>', 'a\nb', 'x'.repeat(65)],
    machine_plan: ['', 'A', 'HDD'],
    machine_address: ['', '127.0.0.1', '0.0.0.0', '224.0.0.1', '1.2.3', '::1', '010.1.1.1', 'host'],
    machine_key: ['ssh-rsa AAAA', 'ssh-ed25519 AAAA', `${key}\nssh-rsa AAAA`, '-oProxyCommand=id'],
  })) {
    test(`SRV-02: ${field} is refused at its field when it can’t be`, async ({
      assert,
      client,
    }) => {
      for (const value of values) {
        const form = { ...fields, [field]: value }
        const answer = await post(client, '/staff/physical_machines', form)
        const errors = answer.flashMessages().inputErrorsBag as Record<string, string[]>
        assert.deepEqual(Object.keys(errors ?? {}), [field], value)
      }
      assert.lengthOf(await PhysicalMachine.all(), 0)
    })
  }

  test('SRV-02: neither a name nor an address is registered twice, and none that a server has', async ({
    assert,
    client,
  }) => {
    const { server } = await makeTenant()
    await post(client, '/staff/physical_machines', fields)
    for (const [field, form] of [
      ['machine_name', { ...fields, machine_address: '198.51.100.13' }],
      ['machine_address', { ...fields, machine_name: 'other' }],
      ['machine_address', { ...fields, machine_name: 'other', machine_address: server.address! }],
    ] as const) {
      const answer = await post(client, '/staff/physical_machines', form)
      assert.property(answer.flashMessages().inputErrorsBag, field)
    }
    assert.lengthOf(await PhysicalMachine.all(), 1)
  })

  test('SRV-02: what is found decides: other systems and missing programs are not taken, smaller ones on request', async ({
    assert,
  }) => {
    for (const [changes, code] of [
      [{ system: 'ubuntu' }, 'other_system'],
      [{ version: '12' }, 'other_system'],
      [{ uid: 1000 }, 'not_root'],
      [{ hasSystemd: false }, 'no_systemd'],
      [{ missing: [programs[0]] }, 'programs'],
      [{ isUsed: true }, 'used'],
    ] as const) {
      const machine = await makePhysicalMachine({ state: 'registered' })
      await machine.noteLook(key, { ...wellFacts, ...changes })
      assert.equal(machine.state, 'unfit', code)
      assert.deepInclude(machine.complaints[0], { code, isGrave: true })
      await machine.delete()
    }
    const machine = await makePhysicalMachine({ state: 'registered' })
    const less = { cores: 4, memoryBytes: 8 * 2 ** 30, diskBytes: 100e9 }
    await machine.noteLook(key, { ...wellFacts, ...less })
    assert.equal(machine.state, 'fit')
    assert.deepEqual(
      machine.complaints.map(({ code }) => code),
      ['few_cores', 'little_memory', 'small_disk']
    )
    for (const { code } of machine.complaints)
      assert.property(messages.physical_machines.problems, code)
  })

  test('SRV-02: the key is pinned when somebody has compared its fingerprint, and not another one', async ({
    assert,
    client,
  }) => {
    const machine = await makePhysicalMachine({ state: 'registered' })
    await machine.noteLook(key, { ...wellFacts, cores: 4 })
    const path = `/staff/physical_machines/${machine.id}/confirmation`
    const fingerprint = machine.fingerprint!
    assert.match(fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/)
    const other = await post(client, path, { fingerprint: 'SHA256:x', accepts_less: 'true' })
    assert.include(JSON.stringify(other.flashMessages()), '見比べて')
    const careless = await post(client, path, { fingerprint })
    assert.property(careless.flashMessages().inputErrorsBag, 'accepts_less')
    await machine.refresh()
    assert.equal(machine.state, 'fit')
    assert.isNull(machine.hostKey)
    await post(client, path, { fingerprint, accepts_less: 'true' })
    const line = await StaffLog.findByOrFail('action', 'physical_machine_confirmation.store')
    assert.equal(line.target, machine.name)
    assert.include(line.detail, fingerprint)
    await machine.refresh()
    assert.include(machine.toJSON(), { state: 'stock', hostKey: key })
  })

  test('SRV-02: the same machine by another address is not taken', async ({ assert }) => {
    const first = await makePhysicalMachine()
    const twin = await makePhysicalMachine({ state: 'registered' })
    await twin.noteLook(first.hostKey!, wellFacts)
    assert.equal(twin.state, 'unfit')
    assert.deepInclude(twin.complaints[0], { code: 'known_key', of: first.name })
  })

  test('SRV-02, ORD-02: an order gets one of the stock, once; it is done, and charged to the server, when that serves', async ({
    assert,
    client,
  }) => {
    const { order, staff, contract } = await physicalOrder()
    const machine = await makePhysicalMachine()
    const other = await makePhysicalMachine({ plan: 'SAS' })
    assert.deepInclude(await stockCounts(), {
      ...{ plan: 'SSD', stock: 1, assigned: 0, other: 0, ordered: 1 },
    })
    await assert.rejects(() => order.finish(staffMember(staff)), /order_needs_a_machine/)
    const form = await page(client, `/staff/orders/${order.id}/machine/create`)
    form.assertTextIncludes(machine.name)
    assert.notInclude(form.text(), other.name)
    const path = `/staff/orders/${order.id}/machine`
    const wrong = await post(client, path, { machine_id: String(other.id) })
    assert.property(wrong.flashMessages().inputErrorsBag, 'machine_id')
    await post(client, path, { machine_id: String(machine.id) })
    await order.refresh()
    const server = await Server.findOrFail(order.serverId!)
    assert.include(server.toJSON(), {
      ...{ kind: 'physical', plan: 'SSD', state: 'building', contractId: contract.id },
      ...{ address: machine.address, sshPort: machine.sshPort, hostKey: machine.hostKey },
    })
    assert.equal(order.state, 'working')
    await machine.refresh()
    assert.include(machine.toJSON(), { state: 'assigned', serverId: server.id })
    await assert.rejects(() => order.finish(staffMember(staff)), /order_machine_is_not_ready/)
    const second = await makePhysicalMachine()
    const author = staffMember(staff)
    await assert.rejects(() => assignToOrder(second.id, order, author), /machine_order_has_one/)
    await server.merge({ state: 'running' }).save()
    await order.finish(staffMember(staff))
    const fees = await Fee.query().where('serverId', server.id)
    assert.sameMembers(
      fees.map(({ code }) => code),
      ['plan.SSD']
    )
  })

  test('SRV-02: an assigned machine neither goes nor is looked at; after its server, it wants a new system', async ({
    assert,
    client,
  }) => {
    const { order, staff } = await physicalOrder()
    const machine = await makePhysicalMachine()
    await assignToOrder(machine.id, order, staffMember(staff))
    const path = `/staff/physical_machines/${machine.id}`
    await post(client, `${path}?_method=DELETE`, { machine_confirmation: machine.name })
    await post(client, `${path}/looks`)
    await machine.refresh()
    assert.equal(machine.state, 'assigned')
    const { default: db } = await import('@adonisjs/lucid/services/db')
    await db.transaction((trx) => PhysicalMachine.release(machine.serverId!, trx))
    await machine.refresh()
    assert.include(machine.toJSON(), { state: 'used', serverId: null })
    await machine.requestLook()
    assert.include(machine.toJSON(), { state: 'registered', hostKey: null })
    await post(client, `${path}?_method=DELETE`, { machine_confirmation: 'x' })
    assert.isNotNull(await PhysicalMachine.find(machine.id))
    await post(client, `${path}?_method=DELETE`, { machine_confirmation: machine.name })
    assert.isNull(await PhysicalMachine.find(machine.id))
  })

  test('REL-04: guests and customers have none of these pages', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    const machine = await makePhysicalMachine()
    for (const path of [
      '/staff/physical_machines',
      '/staff/physical_machines/create',
      `/staff/physical_machines/${machine.id}`,
    ]) {
      for (const request of [client.get(path), client.get(path).loginAs(contractor)]) {
        const answer = await request.redirects(0)
        assert.match(String(answer.header('location')), /\/staff\/sign_in/)
      }
    }
  })
})

test.group('SRV-02: a hostile machine', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  async function asked(answer: Parameters<typeof HostileMachine.start>[0], refuses = false) {
    const hostile = await HostileMachine.start(answer)
    hostile.refuses = refuses
    try {
      const place = { address: hostile.address, sshPort: hostile.port, hostKey: null }
      const machine = await makePhysicalMachine({ ...place, state: 'registered' })
      return await look(machine)
    } finally {
      hostile.stop()
    }
  }

  const nonsense = {
    'no JSON': saying('<html>'),
    'nothing': saying(''),
    'an array': saying('[]'),
    'null': saying('null'),
    'figures below zero': saying(JSON.stringify({ ...wellFacts, cores: -1 })),
    'no whole figures': saying(JSON.stringify({ ...wellFacts, diskBytes: 1e300 })),
    'text with control characters': saying(JSON.stringify({ ...wellFacts, title: 'a\u001b[2J' })),
    'long text': saying(JSON.stringify({ ...wellFacts, title: 'x'.repeat(5000) })),
    'programs nobody asked for': saying(JSON.stringify({ ...wellFacts, missing: ['<script>'] })),
    'truths that are none': saying(JSON.stringify({ ...wellFacts, isUsed: 'no' })),
    'two megabytes': saying('x'.repeat(2 ** 21)),
  }
  for (const [what, answer] of Object.entries(nonsense)) {
    test(`SRV-02: one that answers ${what} is refused in words`, async ({ assert, client }) => {
      const machine = await asked(answer)
      assert.equal(machine.state, 'unfit')
      assert.deepInclude(machine.complaints[0], { code: 'garbled' })
      const shown = await page(client, `/staff/physical_machines/${machine.id}`)
      shown.assertTextIncludes(messages.physical_machines.problems.garbled)
    })
  }

  test('SRV-02: what it says when it fails is shown as text, short and in one line', async ({
    assert,
    client,
  }) => {
    const machine = await asked((channel) => {
      channel.stderr.write(`<script>alert(1)</script>\n\u001b[31m${'x'.repeat(5000)}`)
      channel.exit(1)
      channel.end()
    })
    assert.deepInclude(machine.complaints[0], { code: 'no_program' })
    assert.isAtMost(machine.complaints[0].of!.length, 200)
    const shown = await page(client, `/staff/physical_machines/${machine.id}`)
    assert.notInclude(shown.text(), '<script>alert')
  })

  test('SRV-02: one that does not let the panel in, and one that nobody answers at, say so', async ({
    assert,
  }) => {
    const closed = await asked(saying('{}'), true)
    assert.deepInclude(closed.complaints[0], { code: 'not_let_in' })
    const gone = await makePhysicalMachine({
      ...{ address: '127.0.0.2', sshPort: 1, state: 'registered', hostKey: null },
    })
    await look(gone)
    assert.equal(gone.state, 'registered')
    assert.deepInclude(gone.complaints[0], { code: 'unreachable' })
  })

  test('SRV-02: another machine than the one whose key was given is not asked anything', async ({
    assert,
  }) => {
    let questions = 0
    const hostile = await HostileMachine.start((channel) => {
      questions++
      saying(JSON.stringify(wellFacts))(channel, Promise.resolve(''))
    })
    const place = { address: hostile.address, sshPort: hostile.port, hostKey: key }
    const machine = await makePhysicalMachine({ ...place, state: 'registered' })
    await look(machine)
    hostile.stop()
    assert.equal(questions, 0)
    assert.deepInclude(machine.complaints[0], { code: 'other_key' })
  })

  test('SRV-02: one that answers well is fit, with the key that it showed', async ({ assert }) => {
    const hostile = await HostileMachine.start(saying(JSON.stringify(wellFacts)))
    const place = { address: hostile.address, sshPort: hostile.port, hostKey: null }
    const machine = await makePhysicalMachine({ ...place, state: 'registered' })
    await look(machine)
    hostile.stop()
    assert.equal(machine.state, 'fit')
    assert.equal(machine.shownKey, hostile.hostKey.split(' ').slice(0, 2).join(' '))
    assert.isEmpty(machine.complaints)
  })
})
