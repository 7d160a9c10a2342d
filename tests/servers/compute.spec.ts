import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import type { Compute } from '#compute/compute'
import { computeFor } from '#compute/index'
import { waitForSsh } from '#compute/ssh_answer'
import { testServer, type TestServer } from '#tests/support/test_server'

/** Each `key: value` line of the instance, read past our own driver. */
async function inside(server: TestServer, ...argv: string[]) {
  const { stdout } = await server.exec(argv)
  return stdout.trim()
}

async function succeeds(server: TestServer, ...argv: string[]) {
  const { status } = await server.exec(argv)
  return status === 0
}

/** The daemon deals out cores a moment after it has answered. Ends with the test's own time-out. */
async function untilCores(server: TestServer, count: string) {
  while ((await inside(server, 'nproc')) !== count) await wait(50)
}

test.group('SRV-01: an ordered server', (group) => {
  let server: TestServer
  let compute: Compute
  group.setup(async () => {
    server = await testServer()
    compute = await computeFor(server.server)
  })

  test('runs, has its address, its plan and a pinned host key', async ({ assert }) => {
    const state = await compute.state()
    assert.equal(server.server.state, 'running')
    assert.equal(state.status, 'running')
    assert.deepEqual(state.addresses, [server.address])
    assert.equal(state.cores, 2)
    assert.equal(state.memoryLimitBytes, 4 * 2 ** 30)
    assert.equal(state.diskLimitBytes, 100 * 2 ** 30)
    assert.isAbove(state.cpuMs!, 0)
    assert.isAbove(state.memoryUsedBytes!, 0)
    const own = await inside(server, 'cat', '/etc/ssh/ssh_host_ed25519_key.pub')
    assert.isTrue(own.startsWith(server.server.hostKey!))
    assert.equal(await compute.hostKey(), server.server.hostKey)
  })

  test('takes an address of the pool that nobody else has', async ({ assert }) => {
    const [row, ...more] = await db.from('server_addresses').where('server_id', server.server.id)
    assert.lengthOf(more, 0)
    assert.equal(row.address, server.address)
  })

  test('sees only its own share of the machine: unprivileged, ids of its own', async ({
    assert,
  }) => {
    const map = await inside(server, 'cat', '/proc/self/uid_map')
    const [first, host, count] = map.split(/\s+/).map(Number)
    assert.equal(first, 0)
    assert.isAbove(host, 0)
    assert.isAtLeast(count, 200_000)
    assert.equal(await inside(server, 'nproc'), '2')
    assert.isFalse(await succeeds(server, 'test', '-e', '/dev/lxd/sock'))
  })

  test('building again changes nothing', async ({ assert }) => {
    const before = await compute.state()
    await compute.create()
    await compute.start()
    const { cpuMs } = await compute.state()
    assert.isAtLeast(cpuMs!, before.cpuMs!)
    assert.deepEqual(await compute.assertConfiguration(), [])
  })

  test('SRV-02: another plan is another CPU and memory limit, live', async ({ assert }) => {
    await compute.setLimits({ cores: 1, memoryMb: 2048, diskMb: 100 * 1024 })
    await untilCores(server, '1')
    assert.propertyVal(await compute.state(), 'memoryLimitBytes', 2 * 2 ** 30)
  })

  test('what was changed past the panel is put back and told', async ({ assert }) => {
    await compute.setLimits({ cores: 1, memoryMb: 1024, diskMb: 100 * 1024 })
    const corrected = await compute.assertConfiguration()
    assert.sameMembers([...corrected], ['limits.cpu', 'limits.memory'])
    await untilCores(server, '2')
  })

  test('PNL-05: a volume holds what it was given and not more, grows live, and can be measured', async ({
    assert,
  }) => {
    const wish = { name: 'probe', path: '/srv/probe', sizeMb: 16 }
    assert.deepEqual(await compute.ensureVolumes([wish]), {
      created: ['probe'],
      attached: ['probe'],
      resized: [],
    })
    const fill = ['dd', 'if=/dev/urandom', 'of=/srv/probe/full', 'bs=1M', 'count=40']
    assert.isFalse(await succeeds(server, ...fill))
    assert.deepEqual(await compute.ensureVolumes([wish]), {
      created: [],
      attached: [],
      resized: [],
    })
    const { resized } = await compute.ensureVolumes([{ ...wish, sizeMb: 128 }])
    assert.deepEqual(resized, ['probe'])
    assert.isTrue(await succeeds(server, ...fill, 'conv=fsync'))
    const usages = await compute.volumeUsages()
    const usage = usages.get('probe')
    assert.equal(usage?.sizeBytes, 128 * 2 ** 20)
    assert.isTrue(usage?.enforced)
    await compute.removeVolumes(['probe', 'never-there'])
    assert.isFalse(await succeeds(server, 'mountpoint', '-q', '/srv/probe'))
    const left = await compute.volumeUsages()
    assert.isFalse(left.has('probe'))
  })

  test('many volumes are one change of the machine', async ({ assert }) => {
    const wishes = Array.from({ length: 12 }, (_, n) => ({
      name: `many-${n}`,
      path: `/srv/many/${n}`,
      sizeMb: 16,
    }))
    const { created, attached } = await compute.ensureVolumes(wishes)
    assert.lengthOf(created, 12)
    assert.lengthOf(attached, 12)
    for (const { path } of wishes) assert.isTrue(await succeeds(server, 'mountpoint', '-q', path))
    await compute.removeVolumes(wishes.map(({ name }) => name))
  })

  test('names that would reach past the machine’s own volumes are refused', async ({ assert }) => {
    const odd = [
      { name: 'root', path: '/srv/x', sizeMb: 1 },
      { name: '../x', path: '/srv/x', sizeMb: 1 },
      { name: 'x', path: '/srv/../etc', sizeMb: 1 },
      { name: 'x', path: '/', sizeMb: 0 },
    ]
    for (const wish of odd) await assert.rejects(() => compute.ensureVolumes([wish]))
    await compute.removeVolumes(['root', 'eth0'])
    assert.propertyVal(await compute.state(), 'status', 'running')
  })

  test('can be stopped, started and restarted, with its volumes', async ({ assert }) => {
    await compute.ensureVolumes([{ name: 'kept', path: '/srv/kept', sizeMb: 16 }])
    await server.exec(['touch', '/srv/kept/file'])
    await compute.stop()
    assert.propertyVal(await compute.state(), 'status', 'stopped')
    await compute.stop()
    await compute.start()
    assert.isTrue(await succeeds(server, 'test', '-e', '/srv/kept/file'))
    await compute.removeVolumes(['kept'])
    await waitForSsh(server.address, server.server.sshPort, 60_000, AbortSignal.timeout(60_000))
  })
})
