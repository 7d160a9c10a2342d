import { createServer } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { makeContract, makeServer, makeStaff, makeTenant } from '#database/factories/tenant'
import ReadComputeNodes from '#jobs/read_compute_nodes'
import type { TaskRun } from '#jobs/task_run'
import ComputeNode from '#models/compute_node'
import { roomiestNode } from '#models/compute_node/placement'
import ServerAddress from '#models/server_address'
import Task from '#models/task'

const gb = 2 ** 30

/** What a daemon answers that has 64 GB, a third of it used. */
const answers: Record<string, unknown> = {
  '/1.0/resources': { cpu: { total: 16 }, memory: { total: 64 * gb, used: 21 * gb } },
  '/1.0/storage-pools/p/resources': { space: { total: 500 * gb, used: 100 * gb } },
  '/1.0': { environment: { server: 'lxd', server_version: '5.0.2' } },
  '/1.0/images/aliases/i': { target: 'a'.repeat(64) },
}

let count = 0

/** With that many free addresses; read, unless `memoryMb` is absent. */
async function nodeWith(addresses: number, facts: Partial<ComputeNode> = {}) {
  const place = { driver: 'lxd', endpoint: '/nowhere', project: 'default', pool: 'p', image: 'i' }
  const node = await ComputeNode.create({ name: `node ${++count}`, ...place, ...facts } as object)
  for (let n = 1; n <= addresses; n++) {
    await ServerAddress.create({ computeNodeId: node.id, address: `10.9.${count}.${n}` })
  }
  return node.refresh()
}

const read = (memoryGb: number, freeGb: number) => ({
  ...{ memoryMb: memoryGb * 1024, freeMemoryMb: freeGb * 1024, freeDiskMb: 100 * 1024 },
  readAt: DateTime.utc(),
})

const placed = (plan = 'A') => db.transaction((client) => roomiestNode(client, plan))

async function daemon(answer: (path: string) => unknown) {
  const folder = await mkdtemp(join(tmpdir(), 'tsukasa-node-'))
  const endpoint = join(folder, 'socket')
  const server = createServer((request, response) => {
    const metadata = answer(String(request.url).split('?')[0].replace('%2F', '/'))
    response.writeHead(metadata === undefined ? 404 : 200)
    response.end(JSON.stringify({ metadata, error: 'not found' }))
  })
  await new Promise<void>((resolve) => server.listen(endpoint, resolve))
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  }
  return { endpoint, close }
}

async function readAll() {
  const run = { payload: {}, log: async () => {}, signal: new AbortController().signal }
  await new ReadComputeNodes().handle(run as unknown as TaskRun)
}

test.group('SRV-01: compute nodes', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('SRV-01: a server goes where most memory is free, of the nodes that have an address', async ({
    assert,
  }) => {
    await nodeWith(5, read(64, 10))
    const roomy = await nodeWith(1, read(64, 30))
    await nodeWith(0, read(64, 60))
    const chosen = await placed()
    assert.equal(chosen.id, roomy.id)
  })

  test('SRV-01: what was put there since the reading counts as used', async ({ assert }) => {
    const first = await nodeWith(5, read(64, 20))
    const second = await nodeWith(5, read(64, 19))
    const { contract } = await makeContract()
    const server = await makeServer(contract)
    await server.merge({ computeNodeId: first.id, plan: 'C' }).save()
    const chosen = await placed()
    assert.equal(chosen.id, second.id)
  })

  test('SRV-01: no more memory is promised than staff allow, and stopped servers count', async ({
    assert,
  }) => {
    const node = await nodeWith(5, { ...read(8, 8), memoryPercent: 100 })
    const { contract } = await makeContract()
    const server = await makeServer(contract, 'stopped')
    await server.merge({ computeNodeId: node.id, plan: 'B' }).save()
    await assert.rejects(() => placed('C'), /no_room_for_a_server/)
    const chosen = await placed('B')
    assert.equal(chosen.id, node.id)
    await node.merge({ memoryPercent: 150 }).save()
    const later = await placed('C')
    assert.equal(later.id, node.id)
  })

  test('SRV-01: nothing new is put on a node that is closed or has no disk left', async ({
    assert,
  }) => {
    const node = await nodeWith(5, { ...read(64, 60), acceptsServers: false })
    await assert.rejects(() => placed(), /no_room_for_a_server/)
    await node.merge({ acceptsServers: true, freeDiskMb: 1000 }).save()
    await assert.rejects(() => placed(), /no_room_for_a_server/)
    await node.merge({ freeDiskMb: 100_000 }).save()
    const chosen = await placed()
    assert.equal(chosen.id, node.id)
  })

  test('SRV-01: a node that did not answer is the last choice', async ({ assert }) => {
    const silent = await nodeWith(5, { ...read(64, 60), readProblem: 'unreachable' })
    const small = await nodeWith(5, read(64, 5))
    const chosen = await placed()
    assert.equal(chosen.id, small.id)
    await small.merge({ acceptsServers: false }).save()
    const last = await placed()
    assert.equal(last.id, silent.id)
  })

  test('SRV-01: the figures are those of the daemon; what can’t be is not believed, and another node is read all the same', async ({
    assert,
    cleanup,
  }) => {
    const good = await daemon((path) => answers[path])
    const odd = await daemon((path) =>
      path === '/1.0/resources' ? { cpu: { total: 'x' }, memory: {} } : answers[path]
    )
    cleanup(async () => {
      await good.close()
      await odd.close()
    })
    const hostile = await nodeWith(1, { endpoint: odd.endpoint })
    const gone = await nodeWith(1)
    const node = await nodeWith(1, { endpoint: good.endpoint })
    await readAll()
    await Promise.all([node, hostile, gone].map((each) => each.refresh()))
    assert.include(node.toJSON(), {
      ...{ cores: 16, memoryMb: 64 * 1024, freeMemoryMb: 43 * 1024, freeDiskMb: 400 * 1024 },
      ...{ daemon: 'lxd 5.0.2', imageVersion: 'a'.repeat(12), readProblem: null },
    })
    assert.include(hostile.toJSON(), { readProblem: 'garbled', memoryMb: null })
    assert.equal(gone.readProblem, 'unreachable')
  })

  test('OPS-07: staff see what each has left, close it for work and have it read again', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const node = await nodeWith(3, { ...read(64, 43), cidr: '10.9.0.0/16' })
    const { contract } = await makeContract()
    const server = await makeServer(contract)
    await server.merge({ computeNodeId: node.id }).save()
    for (const path of ['/staff/compute_nodes', `/staff/compute_nodes/${node.id}`]) {
      const page = await client.get(path).withGuard('staff').loginAs(staff)
      page.assertStatus(200)
      page.assertTextIncludes('空きあり')
      page.assertTextIncludes('41 GB')
    }
    const post = (path: string, form: Record<string, string>) =>
      client.post(path).form(form).withGuard('staff').loginAs(staff).withCsrfToken().redirects(0)
    const path = `/staff/compute_nodes/${node.id}`
    for (const percent of ['', '9', '1001', 'x']) {
      const form = { accepts_servers: 'no', memory_percent: percent }
      const wrong = await post(`${path}?_method=PUT`, form)
      assert.property(wrong.flashMessages().inputErrorsBag, 'memory_percent')
    }
    await post(`${path}?_method=PUT`, { accepts_servers: 'no', memory_percent: '300' })
    await node.refresh()
    assert.include(node.toJSON(), { acceptsServers: false, memoryPercent: 300 })
    await post(`${path}/readings`, {})
    const task = await Task.findByOrFail('kind', 'read_compute_nodes')
    assert.deepEqual(JSON.parse(String(task.payload)), { nodeId: node.id })
  })

  test('REL-04: guests and customers have none of these pages', async ({ assert, client }) => {
    const { contractor, server } = await makeTenant()
    for (const path of ['/staff/compute_nodes', `/staff/compute_nodes/${server.computeNodeId}`]) {
      for (const request of [client.get(path), client.get(path).loginAs(contractor)]) {
        const answer = await request.redirects(0)
        assert.match(String(answer.header('location')), /\/staff\/sign_in/)
      }
    }
  })
})
