import { test } from '@japa/runner'
import { AdoptedCompute } from '#compute/adopted/index'
import type { Machine } from '#compute/machine'
import { machineOf } from '#compute/index'
import { testServer, type TestServer } from '#tests/support/test_server'

/** A Debian machine with sshd and the panel's key: what made it is nothing that this driver knows. */
async function adopt(server: TestServer, changes: Partial<Machine> = {}) {
  const machine = await machineOf(server.server)
  const node = { ...machine.node, driver: 'adopted' as const, endpoint: '' }
  return new AdoptedCompute({ ...machine, node, ...changes })
}

test.group('SRV-03: an adopted machine', (group) => {
  let server: TestServer
  let compute: AdoptedCompute
  group.setup(async () => {
    server = await testServer()
    compute = await adopt(server)
  })

  test('tells its state, and the key that is to be pinned', async ({ assert }) => {
    const state = await compute.state()
    assert.equal(state.status, 'running')
    assert.include(state.addresses, server.address)
    for (const figure of ['cores', 'memoryLimitBytes', 'diskUsedBytes', 'processes'] as const) {
      assert.isAbove(state[figure]!, 0, figure)
    }
    const unpinned = await adopt(server, { hostKey: null })
    assert.equal(await unpinned.hostKey(), server.server.hostKey)
    await compute.create()
    await compute.start()
  })

  test('with another host key than the pinned one is not talked to', async ({ assert }) => {
    const other = `ssh-ed25519 ${Buffer.alloc(51, 1).toString('base64')}`
    const impostor = await adopt(server, { hostKey: other })
    assert.propertyVal(await impostor.state(), 'status', 'unreachable')
    await assert.rejects(() => impostor.removeVolumes(['x']))
  })

  test('says that limits, stopping and deleting are not for us', async ({ assert }) => {
    assert.deepEqual(compute.can, { limits: false, enforcedVolumes: false })
    await assert.rejects(() => compute.setLimits({ cores: 1, memoryMb: 1, diskMb: 1 }))
    await assert.rejects(() => compute.stop())
    await assert.rejects(() => compute.delete())
  })

  test('has directories for volumes: measured, and honest about not being enforced', async ({
    assert,
  }) => {
    const wish = { name: 'v1', path: '/srv/adopted/v1', sizeMb: 10 }
    assert.deepEqual(await compute.ensureVolumes([wish]), {
      created: ['v1'],
      attached: ['v1'],
      resized: [],
    })
    assert.deepEqual(await compute.ensureVolumes([{ ...wish, sizeMb: 20 }]), {
      created: [],
      attached: [],
      resized: ['v1'],
    })
    await server.exec([
      'dd',
      'if=/dev/urandom',
      'of=/srv/adopted/v1/x',
      'bs=1M',
      'count=3',
      'conv=fsync',
    ])
    const usages = await compute.volumeUsages()
    const usage = usages.get('v1')!
    assert.isAtLeast(usage.usedBytes, 3 * 2 ** 20)
    assert.equal(usage.sizeBytes, 20 * 2 ** 20)
    assert.isFalse(usage.enforced)
  })

  test('removal takes what we made there, and does not follow a customer’s link', async ({
    assert,
  }) => {
    await server.exec([
      'sh',
      '-c',
      'mkdir -p /srv/else && touch /srv/else/kept && ln -s /srv/else /srv/adopted/v1/link',
    ])
    await compute.removeVolumes(['v1', 'never-there'])
    const { status } = await server.exec(['test', '-e', '/srv/adopted/v1'])
    assert.notEqual(status, 0)
    assert.propertyVal(await server.exec(['test', '-e', '/srv/else/kept']), 'status', 0)
  })
})
