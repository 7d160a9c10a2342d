import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { test } from '@japa/runner'
import ssh2 from 'ssh2'
import { AgentClient } from '#convergence/agent/client'
import { frameOf, FrameReader, UntrustedReply } from '#convergence/agent/frames'
import { askCheck, askFacts, askObserve } from '#convergence/agent/requests'
import { bytesOf, secondsOf } from '#convergence/agent/shapes'
import { SshTransport } from '#convergence/transports/ssh'
import { Unreachable, type Pipe, type Transport } from '#convergence/transports/transport'

const hello = { hello: 'tsukasa-agent', version: 1 }

/** A server that answers every request with these bytes or messages. */
class Liar implements Transport {
  readonly key = 'liar'
  closed = false

  constructor(private readonly answers: readonly (Buffer | object)[]) {}

  async open(): Promise<Pipe> {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const say = (answer: Buffer | object) =>
      stdout.write(Buffer.isBuffer(answer) ? answer : frameOf(answer))
    let asked = 0
    stdin.on('data', () => (asked++ === 0 ? say(hello) : this.answers.forEach(say)))
    const close = () => {
      this.closed = true
      resolve(undefined)
    }
    return { stdin, stdout, stderr, closed: promise, close }
  }
}

test.group('REL-06: what a hacked server may answer', () => {
  const lies: Record<string, (Buffer | object)[]> = {
    'no frame at all': [Buffer.from('Last login: yesterday\n')],
    'a frame without end': [Buffer.from('123456789012345')],
    'five gigabytes': [Buffer.from('5368709120\n'), Buffer.alloc(1024)],
    'no JSON': [Buffer.from('4\n{{{{')],
    'a list': [[1, 2, 3]],
    'an answer to another request': [{ id: 99, ok: true, result: {} }],
    'neither result nor error': [{ id: 1, ok: false }],
    'other types': [{ id: 1, ok: true, result: { bootId: 7, phpVersions: 'all' } }],
    'more than was asked': [{ id: 1, ok: true, result: { different: [[5, null]] } }],
    'what nothing can be': [{ id: 1, ok: true, result: { different: [[0, { type: 'x' }]] } }],
  }

  for (const [lie, answers] of Object.entries(lies)) {
    test(`${lie}: refused`, async ({ assert }) => {
      const agent = await AgentClient.connect(new Liar(answers))
      const ask = lie.includes('type') ? askFacts(agent) : askObserve(agent, [['seed', '/x']])
      const error = await ask.then(
        () => assert.fail('believed'),
        (refused: unknown) => refused
      )
      assert.instanceOf(error, UntrustedReply)
    })
  }

  test('silence ends the connection', async ({ assert }) => {
    const liar = new Liar([])
    const agent = await AgentClient.connect(liar)
    await assert.rejects(() => agent.request('facts', {}, { silenceMs: 50 }), /no answer/)
    assert.isTrue(liar.closed)
    assert.isFalse(agent.isOpen)
  })

  test('terminal escapes in what daemons say are no escapes any more', async ({ assert }) => {
    const output = '\u001b]0;owned\u0007\u001b[2Jline one\n\tline two'
    const result = { results: [{ status: 1, output, ms: 1 }] }
    const agent = await AgentClient.connect(new Liar([{ id: 1, ok: true, result }]))
    const [said] = await askCheck(agent, [], [{ argv: ['true'] }])
    assert.equal(said.output, '\u{fffd}]0;owned\u{fffd}\u{fffd}[2Jline one\n\tline two')
  })

  test('frames in any pieces', ({ assert }) => {
    const bytes = Buffer.concat([frameOf({ text: 'あ' }), frameOf([1]), frameOf('x'.repeat(9000))])
    for (const size of [1, 2, 7, 4096, bytes.length]) {
      const reader = new FrameReader()
      const found: unknown[] = []
      for (let at = 0; at < bytes.length; at += size) {
        found.push(...reader.push(bytes.subarray(at, at + size)))
      }
      assert.deepEqual(found, [{ text: 'あ' }, [1], 'x'.repeat(9000)])
    }
  })
})

test.group('REL-06: the way to a server', () => {
  const keys = [1, 2, 3].map(readablePair)
  const [host, other, panel] = keys
  const publicKey = (pair: { public: string }) => pair.public.split(' ').slice(0, 2).join(' ')

  async function listening(server: {
    listen(port: number, address: string): unknown
    address(): unknown
  }) {
    server.listen(0, '127.0.0.1')
    await once(server as never, 'listening')
    return (server.address() as AddressInfo).port
  }

  test('another host key than the pinned one: no sign-in is even tried', async ({
    assert,
    cleanup,
  }) => {
    let tried = false
    const server = new ssh2.Server({ hostKeys: [other.private] }, (client) => {
      client.on('authentication', (context) => {
        tried = true
        context.reject()
      })
      client.on('error', () => {})
    })
    const port = await listening(server)
    cleanup(() => void server.close())
    const target = {
      address: '127.0.0.1',
      port,
      hostKey: publicKey(host),
      privateKey: panel.private,
    }
    await assert.rejects(() => new SshTransport(target).open(['true']), Unreachable)
    assert.isFalse(tried)
  })

  test('a port that accepts and says nothing: given up in time', async ({ assert, cleanup }) => {
    const server = createServer(() => {})
    const port = await listening(server)
    cleanup(() => void server.close())
    const target = {
      address: '127.0.0.1',
      port,
      hostKey: publicKey(host),
      privateKey: panel.private,
    }
    const transport = new SshTransport({ ...target, timeoutMs: 200 })
    await assert.rejects(() => transport.open(['true']), Unreachable)
  })

  test('arguments stay what they are', async ({ assert, cleanup }) => {
    const commands: string[] = []
    const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
      client.on('authentication', (context) => context.accept())
      client.on('error', () => {})
      client.on('session', (accept) =>
        accept().on('exec', (acceptExec, _reject, info) => {
          commands.push(info.command)
          const channel = acceptExec()
          channel.exit(0)
          channel.end()
        })
      )
    })
    const port = await listening(server)
    cleanup(() => void server.close())
    const target = {
      address: '127.0.0.1',
      port,
      hostKey: publicKey(host),
      privateKey: panel.private,
    }
    const pipe = await new SshTransport(target).open(['a b', "it's", '$(id)', '-rf'])
    pipe.stdout.resume()
    pipe.stderr.resume()
    await pipe.closed
    assert.deepEqual(commands, [`'a b' 'it'\\''s' '$(id)' '-rf'`])
  })

  test('REL-06: sizes and times that a site gave its files are bounded, not refused; what is none is refused', ({
    assert,
  }) => {
    for (const size of [2 ** 53 - 1, 2 ** 60, 2 ** 63, 6e20])
      assert.equal(bytesOf(size), 2 ** 53 - 2)
    assert.deepEqual([bytesOf(0), bytesOf(2 ** 50)], [0, 2 ** 50])
    assert.equal(secondsOf(2 ** 62), 2 ** 40)
    for (const lie of [-1, 0.5, Number.NaN, '7', null, [2 ** 60]]) {
      assert.throws(() => bytesOf(lie), 'integer expected')
      assert.throws(() => secondsOf(lie), 'integer expected')
    }
  })
})

/** ssh2 makes one in 200 that it can't read. */
function readablePair() {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}
