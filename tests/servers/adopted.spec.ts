import { setTimeout as wait } from 'node:timers/promises'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { AdoptedCompute } from '#compute/adopted/index'
import { machineOf } from '#compute/index'
import type { Machine } from '#compute/machine'
import { waitForSsh } from '#compute/ssh_answer'
import { drift } from '#convergence/engine/drift'
import { makeContract, makeStaff } from '#database/factories/tenant'
import { machineryOf } from '#jobs/converge_server'
import { jobs } from '#jobs/index'
import { Worker } from '#jobs/worker'
import Account from '#models/account'
import Domain from '#models/domain'
import { checkDomainName } from '#models/domain/domain_name'
import Fee from '#models/fee'
import Order from '#models/order'
import { staffMember } from '#models/order/author'
import PhysicalMachine from '#models/physical_machine'
import { assignToOrder } from '#models/physical_machine/assignment'
import { wayIn } from '#models/physical_machine/way_in'
import Server from '#models/server'
import { endServer, removeEndedServers } from '#models/server/end'
import { curl } from '#tests/mail/clients'
import { BareMachine } from '#tests/support/bare_machine'

const name = 'adopted.example.jp'

/** Until nothing is queued any more; what failed is in its row. */
async function work() {
  await new Worker({ jobs, backoff: (attempts) => 300 * 2 ** attempts }).runUntilIdle()
}

/** What a visitor gets: the page's text, or else the status. */
async function site(address: string) {
  const status = ['--write-out', '\n%{http_code}', '--resolve', `${name}:80:${address}`]
  const { body } = await curl([...status, `http://${name}/mark.txt`])
  return body.endsWith('200') ? body.slice(0, -4) : body.slice(-3)
}

test.group('SRV-02: the whole life of an adopted machine', (group) => {
  let bare: BareMachine
  let machine: PhysicalMachine
  let order: Order
  let server: Server

  group.setup(async () => {
    bare = await BareMachine.start()
  })

  async function compute(changes: Partial<Machine> = {}) {
    return new AdoptedCompute({ ...(await machineOf(server)), ...changes })
  }

  test('SRV-02: before its line was run it does not let the panel in, and staff are told', async ({
    assert,
  }) => {
    const facts = { name: 'rack 1', plan: 'SSD', address: bare.address, sshPort: 11122 }
    machine = await PhysicalMachine.register(facts)
    await work()
    await machine.refresh()
    assert.equal(machine.state, 'unfit')
    assert.equal(machine.complaints[0].code, 'not_let_in')
  })

  test('SRV-02: the printed line lets it in, however often it is run, and prints the fingerprint that the page shows', async ({
    assert,
  }) => {
    const line = await wayIn()
    const first = await bare.console(['sh', '-c', line])
    assert.equal(first.status, 0, first.stderr)
    const second = await bare.console(['sh', '-c', line])
    assert.equal(second.stdout, first.stdout)
    const keys = await bare.console(['cat', '/etc/ssh/authorized_keys.d/root'])
    assert.lengthOf(keys.stdout.trim().split('\n'), 1)
    await machine.requestLook()
    await work()
    await machine.refresh()
    assert.equal(machine.state, 'fit', machine.problems ?? '')
    assert.include(first.stdout, machine.fingerprint!)
    assert.equal(machine.found?.system, 'debian')
    assert.isFalse(machine.complaints.some(({ isGrave }) => isGrave))
    await machine.confirm(machine.fingerprint!, true)
    await machine.refresh()
    assert.equal(machine.state, 'stock')
  })

  test('SRV-02: an order makes it a server that serves, by the same engine as all others', async ({
    assert,
  }) => {
    const { contract, contractor } = await makeContract()
    const staff = await makeStaff()
    const request = { contractId: contract.id, kind: 'physical_server_addition', token: 'life' }
    const wish = { ...request, details: { plan: 'SSD' }, dueOn: '2030-01-15' }
    order = await Order.enter(wish, staff)
    await assignToOrder(machine.id, order, staffMember(staff))
    await work()
    server = await Server.findOrFail(order.serverId!)
    assert.equal(server.state, 'running')
    const checked = checkDomainName(name)
    if ('problem' in checked) throw new Error(checked.problem)
    const adminPasswordHash = await Account.hashSshPassword('correct horse 7 battery')
    const actor = { by: contractor, ip: '127.0.0.1' }
    await Domain.add(server, { name: checked, quotaMb: 512, adminPasswordHash }, actor)
    await work()
    await bare.console(['sh', '-c', `echo mine > /data/domain/${name}/html/mark.txt`])
    assert.equal(await site(bare.address), 'mine\n')
    assert.deepEqual(await drift(await machineryOf(server)), [])
    await order.finish(staffMember(staff))
    const fees = await Fee.query().where('serverId', server.id)
    assert.deepEqual(
      fees.map(({ code }) => code),
      ['plan.SSD']
    )
  }).timeout(120_000)

  test('SRV-02: neither another plan nor more disk is to be had for it, nor can its contractor cancel it', async ({
    assert,
  }) => {
    const contractor = await Account.findByOrFail('contractId', server.contractId)
    for (const [kind, details] of [
      ['plan_change', { plan: 'B', mode: 'now' }],
      ['disk_extension', { added_gb: 100 }],
      ['server_cancellation', {}],
    ] as const) {
      const ids = { contractId: server.contractId, serverId: server.id }
      const request = { ...ids, kind, details, token: kind, dueOn: '2030-01-15' }
      await assert.rejects(() => Order.place(request, contractor), /refused/)
    }
    const adopted = await compute()
    assert.deepEqual(adopted.can, { limits: false, enforcedVolumes: false })
    await assert.rejects(() => adopted.setLimits({ cores: 1, memoryMb: 1, diskMb: 1 }))
    await assert.rejects(() => adopted.stop())
    await assert.rejects(() => adopted.delete())
  })

  test('SRV-03: it tells its state, and with another key than the pinned one it is not talked to', async ({
    assert,
  }) => {
    const adopted = await compute()
    const state = await adopted.state()
    assert.equal(state.status, 'running')
    assert.include(state.addresses, bare.address)
    for (const figure of ['cores', 'memoryLimitBytes', 'diskUsedBytes', 'processes'] as const) {
      assert.isAbove(state[figure]!, 0, figure)
    }
    const other = `ssh-ed25519 ${Buffer.alloc(51, 1).toString('base64')}`
    const impostor = await compute({ hostKey: other })
    assert.propertyVal(await impostor.state(), 'status', 'unreachable')
    await assert.rejects(() => impostor.removeVolumes(['x']))
  })

  test('SRV-03: volumes are directories: measured, not enforced, and removed without following a customer’s link', async ({
    assert,
  }) => {
    const adopted = await compute()
    const wish = { name: 'v1', path: '/srv/adopted/v1', sizeMb: 10 }
    const made = { created: ['v1'], attached: ['v1'], resized: [] }
    assert.deepEqual(await adopted.ensureVolumes([wish]), made)
    const grown = { created: [], attached: [], resized: ['v1'] }
    assert.deepEqual(await adopted.ensureVolumes([{ ...wish, sizeMb: 20 }]), grown)
    const fill = 'dd if=/dev/urandom of=/srv/adopted/v1/x bs=1M count=3 conv=fsync'
    const link = 'mkdir -p /srv/else && touch /srv/else/kept && ln -s /srv/else /srv/adopted/v1/l'
    await bare.console(['sh', '-c', `${fill} && ${link}`])
    const usages = await adopted.volumeUsages()
    const usage = usages.get('v1')!
    assert.isAtLeast(usage.usedBytes, 3 * 2 ** 20)
    assert.include(usage, { sizeBytes: 20 * 2 ** 20, enforced: false })
    await adopted.removeVolumes(['v1', 'never-there'])
    const gone = await bare.console(['test', '-e', '/srv/adopted/v1'])
    assert.notEqual(gone.status, 0)
    assert.propertyVal(await bare.console(['test', '-e', '/srv/else/kept']), 'status', 0)
  })

  test('SRV-05: restarted from the panel it serves again by itself', async ({ assert }) => {
    const before = await bare.console(['cat', '/proc/sys/kernel/random/boot_id', '/proc/1/stat'])
    const adopted = await compute()
    await adopted.restart()
    for (const end = Date.now() + 60_000; Date.now() < end; await wait(200)) {
      const now = await bare.console(['cat', '/proc/sys/kernel/random/boot_id', '/proc/1/stat'])
      if (now.status === 0 && started(now.stdout) !== started(before.stdout)) break
    }
    await waitForSsh(bare.address, 11122, 60_000, AbortSignal.timeout(60_000))
    let seen = ''
    for (const end = Date.now() + 60_000; Date.now() < end && seen !== 'mine\n'; await wait(200)) {
      seen = await site(bare.address)
    }
    assert.equal(seen, 'mine\n')
  }).timeout(180_000)

  test('ORD-04: cancelled by staff it serves nothing; after its grace period nothing of the customer’s is left on it', async ({
    assert,
  }) => {
    await db.transaction(async (client) => {
      const row = await Server.lock(server.id, client)
      await endServer(row, Day.at(new Date()), client)
    })
    await work()
    assert.notEqual(await site(bare.address), 'mine\n')
    const kept = await bare.console(['sh', '-c', 'ls /data/domain'])
    assert.include(kept.stdout, name)
    await server.refresh()
    await server.merge({ removesAt: DateTime.utc().minus({ minutes: 1 }) }).save()
    await removeEndedServers()
    await work()
    await server.refresh()
    assert.include(server.toJSON(), { state: 'removed', address: null, hostKey: null })
    const left = await bare.console([
      ...['sh', '-c', 'ls /data/domain; grep -E :2[0-9]{4}: /var/lib/extrausers/passwd'],
    ])
    assert.equal(left.stdout.trim(), '')
    await machine.refresh()
    assert.include(machine.toJSON(), { state: 'used', serverId: null })
  }).timeout(120_000)

  test('SRV-02: it is not taken again before its system is new', async ({ assert }) => {
    await machine.requestLook()
    await work()
    await machine.refresh()
    assert.equal(machine.state, 'unfit')
    assert.include(
      machine.complaints.map(({ code }) => code),
      'used'
    )
  })
})

/** When the machine's first process began, in ticks of its host: what is new after a restart even of a container. */
function started(text: string) {
  return text.split('\n')[1]?.split(' ')[21]
}
