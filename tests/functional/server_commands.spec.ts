import ace from '@adonisjs/core/services/ace'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import ComputeNodesList from '#commands/compute_nodes_list'
import ServerAdopt from '#commands/server_adopt'
import ServerCreate from '#commands/server_create'
import ServerRestart from '#commands/server_restart'
import { wellFacts } from '#database/factories/physical_machine'
import { makeTenant } from '#database/factories/tenant'
import ComputeNode from '#models/compute_node'
import Order from '#models/order'
import PhysicalMachine from '#models/physical_machine'
import Server from '#models/server'
import ServerAddress from '#models/server_address'
import StaffLog from '#models/staff_log'
import Task from '#models/task'
import { HostileMachine, saying } from '#tests/support/hostile_machine'

type Command =
  typeof ServerCreate | typeof ServerAdopt | typeof ServerRestart | typeof ComputeNodesList

/** As a script calls it: what it printed, read as JSON, and its exit status. */
async function run(command: Command, argv: readonly string[]) {
  ace.ui.switchMode('raw')
  try {
    const made = await ace.create(command as typeof ServerCreate, [...argv, '--json'])
    await made.exec()
    const lines = made.logger.getLogs().map(({ message }) => message)
    return { status: made.exitCode ?? 0, facts: JSON.parse(lines.at(-1) ?? 'null') }
  } finally {
    ace.ui.switchMode('normal')
  }
}

test.group('OPS-07: what operators script', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('SRV-01: server:create places an order, which is charged like any other', async ({
    assert,
  }) => {
    const { contract, server } = await makeTenant()
    const { computeNodeId } = server
    await ServerAddress.create({ computeNodeId, address: '10.8.8.8' })
    const { status, facts } = await run(ServerCreate, [contract.code, 'B', '--description=web'])
    assert.equal(status, 0)
    const order = await Order.findOrFail(facts.order)
    assert.include(order.toJSON(), { kind: 'server_addition', contractId: contract.id })
    assert.deepEqual(order.facts, { plan: 'B', description: 'web' })
  })

  test('SRV-01: server:create says what can’t be, and does nothing', async ({ assert }) => {
    const { contract } = await makeTenant()
    const none = await run(ServerCreate, ['c999999999', 'A'])
    assert.deepEqual(none, { status: 1, facts: { refused: 'command_contract_is_unknown' } })
    const plan = await run(ServerCreate, [contract.code, 'SSD'])
    assert.deepEqual(plan, { status: 1, facts: { refused: 'command_plan_is_unknown' } })
    const full = await run(ServerCreate, [contract.code, 'A'])
    assert.deepEqual(full, { status: 1, facts: { refused: 'no_room_for_a_server' } })
    assert.lengthOf(await Order.all(), 0)
  })

  test('SRV-05: server:restart queues what the page queues, and is in the staff’s log', async ({
    assert,
  }) => {
    const { server } = await makeTenant()
    const { facts } = await run(ServerRestart, [server.name])
    const task = await Task.findOrFail(facts.task)
    assert.deepInclude(JSON.parse(String(task.payload)), { action: 'restart' })
    const line = await StaffLog.findByOrFail('action', 'server_power.restart')
    assert.include(line.toJSON(), { target: server.name, actor: 'console' })
    const again = await run(ServerRestart, [server.name])
    assert.deepEqual(again, { status: 1, facts: { refused: 'power_server_is_busy' } })
    const { server: stopped } = await makeTenant()
    await stopped.merge({ state: 'stopped' }).save()
    const wrong = await run(ServerRestart, [stopped.name, '--stop'])
    assert.equal(wrong.status, 1)
    const started = await run(ServerRestart, [stopped.name, '--start'])
    assert.equal(started.facts.action, 'start')
  })

  test('SRV-02: server:adopt takes a machine whose key is given, and makes it a contract’s server', async ({
    assert,
    cleanup,
  }) => {
    const { contract } = await makeTenant()
    const hostile = await HostileMachine.start(saying(JSON.stringify(wellFacts)))
    cleanup(() => hostile.stop())
    const key = hostile.hostKey.split(' ').slice(0, 2).join(' ')
    const row = { name: 'rack 9', plan: 'SSD', address: hostile.address, sshPort: hostile.port }
    await PhysicalMachine.create({ ...row, state: 'registered', hostKey: key })
    const { status, facts } = await run(ServerAdopt, ['rack 9', `--contract=${contract.code}`])
    assert.equal(status, 0)
    assert.equal(facts.state, 'assigned')
    const server = await Server.findByOrFail('name', facts.server)
    assert.include(server.toJSON(), { kind: 'physical', contractId: contract.id, hostKey: key })
  })

  test('SRV-02: server:adopt pins no key that nobody gave; wrong flags register nothing', async ({
    assert,
    cleanup,
  }) => {
    const wrong = await run(ServerAdopt, ['rack 8', '--address=127.0.0.1'])
    assert.deepEqual(wrong, { status: 1, facts: { refused: 'command_machine_is_wrong' } })
    assert.lengthOf(await PhysicalMachine.all(), 0)
    const hostile = await HostileMachine.start(saying(JSON.stringify(wellFacts)))
    cleanup(() => hostile.stop())
    const row = { name: 'rack 8', plan: 'SSD', address: hostile.address, sshPort: hostile.port }
    await PhysicalMachine.create({ ...row, state: 'registered' })
    const { status, facts } = await run(ServerAdopt, ['rack 8'])
    assert.equal(status, 1)
    assert.equal(facts.state, 'fit')
    const machine = await PhysicalMachine.findByOrFail('name', 'rack 8')
    assert.equal(facts.fingerprint, machine.fingerprint)
    assert.isNull(machine.hostKey)
  })

  test('SRV-01: compute_nodes:list has each node with what is left', async ({ assert }) => {
    const { server } = await makeTenant()
    const node = await ComputeNode.findOrFail(server.computeNodeId)
    const { facts } = await run(ComputeNodesList, [])
    const found = facts.find(({ name }: { name: string }) => name === node.name)
    assert.include(found, { servers: 1, promisedMb: 2048, acceptsServers: true })
  })
})
