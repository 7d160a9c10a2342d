import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { computeFor } from '#compute/index'
import { drift } from '#convergence/engine/drift'
import { machineryOf } from '#jobs/converge_server'
import type Domain from '#models/domain'
import Mailbox from '#models/mailbox'
import Account from '#models/account'
import Task from '#models/task'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'

/** Smaller than the plan's, so that filling it takes a moment. */
const smallDiskMb = 3072

/** In ever smaller pieces, until not even a page of a file can be written. */
const fill = `
  for size in 64M 4M 256K 4K; do
    n=0
    while [ $n -lt 200 ] && fallocate -l $size /root/fill.$size.$n 2>/dev/null; do n=$((n+1)); done
  done
  n=0
  while [ $n -lt 500 ] && head -c 16384 /dev/urandom >/root/fill.last.$n 2>/dev/null; do n=$((n+1)); done
  ! head -c 65536 /dev/urandom >/root/fill.proof 2>/dev/null`

test.group('REL-03: a full disk', (group) => {
  let server: TestServer
  let domain: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('full-tsukasa.jp')
  })
  group.teardown(async () => {
    await makeRoom()
    await domain.remove(server.actor)
    await server.converge()
  })

  async function setDisk(diskMb: number) {
    const compute = await computeFor(server.server)
    const { cores, memoryGb } = server.server.resources
    await compute.setLimits({ cores, memoryMb: memoryGb * 1024, diskMb })
  }

  async function makeRoom() {
    await server.exec(['sh', '-c', 'rm -f /root/fill.*'])
    await setDisk(server.server.diskGb * 1024)
  }

  async function knows(login: string) {
    const { status } = await server.exec(['doveadm', 'user', login])
    return status === 0
  }

  test('nothing is half written, the customer is told why, and it heals by itself', async ({
    assert,
  }) => {
    await setDisk(smallDiskMb)
    const { status } = await server.exec(['sh', '-c', fill])
    assert.equal(status, 0, 'the disk is full')
    const passwordHash = await Account.hashPassword(testPassword)
    await Mailbox.add(domain, { localPart: 'sato', passwordHash }, server.actor)
    await assert.rejects(() => server.converge())

    const { message, error } = await Task.query().orderBy('id', 'desc').firstOrFail()
    assert.match(String(message), /ディスク/, String(error))
    assert.isFalse(await knows(`sato@${domain.name}`))
    assert.isTrue(await knows(`admin@${domain.name}`))
    const site = await server.http(domain.name)
    assert.equal(site.status, 200)

    await makeRoom()
    await db.transaction((client) =>
      server.server.requestApply({ reason: 'tests', domainIds: [domain.id] }, client)
    )
    await server.converge()
    assert.isTrue(await knows(`sato@${domain.name}`))
    assert.deepEqual(await drift(await machineryOf(server.server)), [])
  }).timeout(300_000)
})
