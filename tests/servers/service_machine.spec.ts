import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import { computeOf } from '#compute/index'
import { serviceFacts, serviceMachine } from '#compute/service_machine'

test.group('Machines of the provider’s own', () => {
  test('DOM-04, BKP-02: one is made of the service image, answers with a host key, and goes again', async ({
    assert,
    cleanup,
  }) => {
    const facts = await serviceFacts()
    const compute = computeOf(serviceMachine(facts!, 'testNs1'))
    cleanup(() => compute.delete())

    await compute.create()
    await compute.start()

    let key = ''
    for (let left = 300; left > 0 && !key; left--) {
      key = await compute.hostKey().catch(() => '')
      if (!key) await wait(100)
    }
    assert.match(key, /^ssh-ed25519 /)
    const { status } = await compute.state()
    assert.equal(status, 'running')
  }).timeout(120_000)
})
