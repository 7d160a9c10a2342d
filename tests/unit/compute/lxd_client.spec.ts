import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { ComputeError } from '#compute/errors'
import { computeOf } from '#compute/index'
import { LxdClient } from '#compute/lxd/client'
import { bytesOf } from '#compute/lxd/state'
import { nodeAt, machineAt } from '#tests/support/machines'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A daemon on a unix socket that answers what the test says. */
async function daemon(handler: Handler) {
  const folder = await mkdtemp(join(tmpdir(), 'tsukasa-lxd-'))
  const socket = join(folder, 'socket')
  const server: Server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  }
  return { client: new LxdClient(nodeAt(socket)), socket, close }
}

const json = (response: ServerResponse, body: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function faultOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason
  )
  return error instanceof ComputeError ? error.fault : error
}

test.group('The client of LXD and Incus', () => {
  test('waits for an operation, and tells its failure', async ({ assert, cleanup }) => {
    const asked: string[] = []
    const { client, close } = await daemon((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      if (request.url?.includes('/wait')) {
        const failed = asked.length > 2
        json(response, {
          metadata: { status_code: failed ? 400 : 200, err: failed ? 'In use' : '' },
        })
      } else json(response, { type: 'async', operation: '/1.0/operations/7' }, 202)
    })
    cleanup(close)
    await client.change('POST', '/1.0/things', { body: {}, timeoutS: 9 })
    assert.deepEqual(asked, [
      'POST /1.0/things?project=default',
      'GET /1.0/operations/7/wait?project=default&timeout=9',
    ])
    assert.equal(await faultOf(client.change('POST', '/1.0/things')), 'busy')
  })

  test('an operation that is not finished in time is no success', async ({ assert, cleanup }) => {
    const { client, close } = await daemon((request, response) => {
      if (request.url?.includes('/wait'))
        json(response, { metadata: { status_code: 103, err: '' } })
      else json(response, { type: 'async', operation: '/1.0/operations/7' }, 202)
    })
    cleanup(close)
    assert.equal(await faultOf(client.change('PUT', '/1.0/things')), 'timeout')
  })

  test('what is not there is null to those who look for it', async ({ assert, cleanup }) => {
    const { client, close } = await daemon((_, response) =>
      json(response, { error: 'Not Found' }, 404)
    )
    cleanup(close)
    assert.isNull(await client.find('/1.0/instances/x'))
    assert.isNull(await client.readFile('x', '/etc/passwd'))
    assert.equal(await faultOf(client.get('/1.0/instances/x')), 'missing')
  })

  test('a daemon that never answers, answers byte by byte, or is not there, is given up', async ({
    assert,
    cleanup,
  }) => {
    const { client, close } = await daemon((request, response) => {
      if (request.url?.includes('slow')) {
        const timer = setInterval(() => response.write(' '), 20)
        response.on('close', () => clearInterval(timer))
      }
    })
    cleanup(close)
    assert.equal(await faultOf(client.get('/1.0/silent', { timeoutS: 0.1 })), 'timeout')
    assert.equal(await faultOf(client.get('/1.0/slow', { timeoutS: 0.2 })), 'timeout')
    const nobody = new LxdClient(nodeAt('/nowhere/socket'))
    assert.equal(await faultOf(nobody.get('/1.0')), 'unreachable')
  })

  test('an answer that is too long, no JSON or of another shape is refused', async ({
    assert,
    cleanup,
  }) => {
    const { client, close } = await daemon((request, response) => {
      if (request.url?.includes('list')) return json(response, [])
      if (request.url?.includes('html')) return void response.end('<html>')
      const chunk = Buffer.alloc(1024 * 1024, 32)
      const more = (): void => {
        while (response.write(chunk));
      }
      response.on('drain', more)
      more()
    })
    cleanup(close)
    assert.equal(await faultOf(client.get('/1.0/list')), 'garbled')
    assert.equal(await faultOf(client.get('/1.0/html')), 'garbled')
    assert.equal(await faultOf(client.get('/1.0/endless')), 'garbled')
  })

  test('sizes are read in all units that the daemon writes', ({ assert }) => {
    const sizes = ['100', '1KiB', '2MiB', '3GiB', '1TiB', '5MB', 'lots', '', undefined]
    const bytes = [100, 1024, 2 * 2 ** 20, 3 * 2 ** 30, 2 ** 40, 5e6, null, null, null]
    assert.deepEqual(sizes.map(bytesOf), bytes)
  })
})

test.group('What is not ours', () => {
  test('an instance without the node’s prefix is never touched', ({ assert }) => {
    for (const instance of ['somebody', 'tsukas', 'x-tsukasa-a', 'tsukasa-A', 'tsukasa-a/../b']) {
      assert.throws(() => computeOf(machineAt({ instance })), ComputeError as never)
    }
    assert.doesNotThrow(() => computeOf(machineAt({ instance: 'tsukasa-a' })))
    assert.throws(() => computeOf({ ...machineAt(), node: { ...nodeAt('/x'), prefix: '' } }))
  })

  test('another instance’s volume is neither attached nor destroyed', async ({
    assert,
    cleanup,
  }) => {
    const changes: string[] = []
    const { socket, close } = await daemon((request, response) => {
      const path = request.url!.split('?')[0]
      if (request.method !== 'GET') changes.push(`${request.method} ${path}`)
      if (path.endsWith('/volumes/custom'))
        return json(response, { metadata: [`${path}/tsukasa-d1`] })
      if (path.endsWith('/tsukasa-d1')) {
        return json(response, { metadata: { config: { 'user.instance': 'tsukasa-other' } } })
      }
      json(response, { type: 'sync', metadata: { config: {}, devices: {} } })
    })
    cleanup(close)
    const compute = computeOf(machineAt({ node: nodeAt(socket) }))
    const wish = { name: 'd1', path: '/data/domain/a.jp', sizeMb: 10 }
    assert.equal(await faultOf(compute.ensureVolumes([wish])), 'refused')
    assert.equal(await faultOf(compute.removeVolumes(['d1'])), 'refused')
    assert.isEmpty(changes)
  })
})
