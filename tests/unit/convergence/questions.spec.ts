import { setTimeout as wait } from 'node:timers/promises'
import { mkdir, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { PassThrough } from 'node:stream'
import { test } from '@japa/runner'
import { AgentRefusal } from '#convergence/agent/client'
import { frameOf, UntrustedReply } from '#convergence/agent/frames'
import { askBegin, askEnd } from '#convergence/agent/requests'
import { closeQuestions, Questions, TooManyQuestions } from '#convergence/transports/questions'
import { Unreachable, type Pipe, type Transport } from '#convergence/transports/transport'
import { LocalServer } from '#tests/support/local_server'

const hello = { hello: 'tsukasa-agent', version: 1 }
let count = 0

/** A server that says this to whatever it is asked. */
class Speaker implements Transport {
  readonly key = `speaker ${count++}`
  opened = 0

  constructor(private readonly say: (asked: number, write: (part: Buffer) => void) => void) {}

  async open(): Promise<Pipe> {
    this.opened++
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const { promise, resolve } = Promise.withResolvers<undefined>()
    let asked = 0
    stdin.on('data', () => {
      if (asked++ === 0) stdout.write(frameOf(hello))
      else this.say(asked - 1, (part) => void stdout.write(part))
    })
    return { stdin, stdout, stderr, closed: promise, close: () => resolve(undefined) }
  }
}

const answering = (answer: unknown) =>
  new Speaker((id, write) => write(frameOf({ id, ok: true, result: { answer } })))

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error('not refused')
}

test.group('Questions to a server', (group) => {
  group.each.teardown(() => closeQuestions())

  test('a connection is kept from one question to the next', async ({ assert }) => {
    const server = answering([1])
    for (let n = 0; n < 3; n++) assert.deepEqual(await new Questions(server).ask('x', {}), [1])
    assert.equal(server.opened, 1)
  })

  test('REL-06: a server that says nothing costs three seconds, and who comes next no time', async ({
    assert,
  }) => {
    const server = new Speaker(() => {})
    server.open = () => new Promise<Pipe>(() => {})
    const began = performance.now()
    assert.instanceOf(await refusalOf(new Questions(server).ask('x', {})), Unreachable)
    assert.closeTo(performance.now() - began, 3000, 300)
    const again = performance.now()
    assert.instanceOf(await refusalOf(new Questions(server).ask('x', {})), Unreachable)
    assert.isBelow(performance.now() - again, 50)
  })

  test('a connection that came too late is there for the next question', async ({ assert }) => {
    const server = answering([1])
    const open = server.open.bind(server)
    server.open = async () => {
      await wait(3300)
      return open()
    }
    assert.instanceOf(await refusalOf(new Questions(server).ask('x', {})), Unreachable)
    await wait(5200)
    const began = performance.now()
    assert.deepEqual(await new Questions(server).ask('x', {}), [1])
    assert.isBelow(performance.now() - began, 1000)
    assert.equal(server.opened, 1)
  }).timeout(15_000)

  test('REL-06: a question without an answer costs three seconds, and nobody else anything', async ({
    assert,
  }) => {
    const server = new Speaker((id, write) => {
      if (server.opened > 1) write(frameOf({ id, ok: true, result: { answer: 1 } }))
    })
    const began = performance.now()
    assert.instanceOf(await refusalOf(new Questions(server).ask('x', {}, 'a.jp')), Unreachable)
    assert.closeTo(performance.now() - began, 3000, 300)
    assert.equal(await new Questions(server).ask('x', {}, 'b.jp'), 1)
  })

  test('REL-06: a server that drips is not waited for', async ({ assert }) => {
    const server = new Speaker((_id, write) => {
      write(Buffer.from('100000\n'))
      const timer = setInterval(() => write(Buffer.from('x')), 100)
      setTimeout(() => clearInterval(timer), 4000)
    })
    const began = performance.now()
    await refusalOf(new Questions(server).ask('x', {}))
    assert.isBelow(performance.now() - began, 3300)
  })

  test('REL-06: a server that only ever reports progress is not waited for', async ({ assert }) => {
    const server = new Speaker((id, write) => {
      const timer = setInterval(() => write(frameOf({ id, event: { phase: 'x' } })), 50)
      setTimeout(() => clearInterval(timer), 4000)
    })
    const began = performance.now()
    await refusalOf(new Questions(server).ask('x', {}))
    assert.isBelow(performance.now() - began, 3300)
  })

  test('REL-06: more than a megabyte are not even taken', async ({ assert }) => {
    for (const size of ['1153434', '99999999', 'Last login']) {
      const server = new Speaker((_id, write) => write(Buffer.from(`${size}\n`)))
      const error = await refusalOf(new Questions(server).ask('x', {}))
      assert.instanceOf(error, UntrustedReply)
      // Not asked again on the same line.
      await refusalOf(new Questions(server).ask('x', {}))
      assert.equal(server.opened, 2)
    }
  })

  test('REL-06: so many at a time wait for their turn, the others are told at once', async ({
    assert,
  }) => {
    const server = new Speaker((id, write) => {
      setTimeout(() => write(frameOf({ id, ok: true, result: { answer: id } })), 200)
    })
    const all = Array.from({ length: 14 }, (_, n) => new Questions(server).ask('x', {}, `${n}.jp`))
    const done = await Promise.allSettled(all)
    const refused = done.filter(({ status }) => status === 'rejected')
    assert.lengthOf(refused, 4)
    for (const each of refused)
      assert.instanceOf((each as PromiseRejectedResult).reason, TooManyQuestions)
    assert.equal(server.opened, 2)
    assert.isDefined(await new Questions(server).ask('x', {}))
  })

  test('REL-06: whose turn does not come in time is told so, and nobody is left behind', async ({
    assert,
  }) => {
    const server = new Speaker((id, write) => {
      setTimeout(() => write(frameOf({ id, ok: true, result: { answer: id } })), 1400)
    })
    const all = Array.from({ length: 6 }, (_, n) => new Questions(server).ask('x', {}, `${n}.jp`))
    const done = await Promise.allSettled(all)
    assert.lengthOf(
      done.filter(({ status }) => status === 'fulfilled'),
      4
    )
    await wait(50)
    assert.isDefined(
      await new Questions(server).ask('x', {}).catch((error) => {
        if (error instanceof Unreachable) return 'rests'
        throw error
      })
    )
  }).timeout(15_000)
})

test.group('Questions of several domains to one server', (group) => {
  group.each.teardown(() => closeQuestions())

  test('REL-06: one domain with slow questions keeps no other domain waiting', async ({
    assert,
  }) => {
    const server = new Speaker((id, write) => {
      setTimeout(() => write(frameOf({ id, ok: true, result: { answer: id } })), 900)
    })
    const told: string[] = []
    const ask = async (domain: string) => {
      await new Questions(server).ask('x', {}, domain)
      told.push(domain)
    }
    const greedy = Promise.allSettled(Array.from({ length: 14 }, () => ask('a.jp')))
    await wait(50)
    await ask('b.jp')
    await ask('c.jp')
    // One of his at a time: while two others were answered one after the other, so were two or three of his.
    assert.isAtMost(told.filter((domain) => domain === 'a.jp').length, 3)
    const settled = await greedy
    const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    assert.isAtLeast(refused.length, 7)
    for (const error of refused) assert.instanceOf(error, TooManyQuestions)
  }).timeout(15_000)
})

test.group('Questions to a real agent', (group) => {
  let server: LocalServer
  group.each.setup(async () => {
    server = await LocalServer.create()
    return async () => {
      closeQuestions()
      await server.remove()
    }
  })

  const ask = (question: string, given = {}) =>
    new Questions(server.transport, server.settings).ask(question, given)

  test('a question does not wait behind an apply', async ({ assert }) => {
    const agent = await server.agent()
    await askBegin(agent, 1, [], false)
    assert.deepEqual(await ask('sending_locks', { users: ['a@b.jp'] }), [])
    await askEnd(agent)
  })

  test('only known questions are answered', async ({ assert }) => {
    for (const name of ['facts', '__init__', 'inquire', '', 'mail_log; id']) {
      const error = await refusalOf(ask(name))
      assert.instanceOf(error, AgentRefusal)
      assert.equal((error as AgentRefusal).code, 'E_UNKNOWN_QUESTION')
    }
  })

  test('REL-04: what is no address never becomes an argument', async ({ assert }) => {
    for (const user of ['-A', '*', 'a@b.jp\nroot', '*@b.jp', 'a b@c.jp', '', '--help@b.jp', 7]) {
      const error = await refusalOf(ask('junk_mails', { user, page: 1, size: 10 }))
      assert.equal((error as AgentRefusal).code, 'E_ADDRESS', String(user))
    }
  })

  test('MAIL-11: locks are read from what the policy service wrote', async ({ assert }) => {
    await mkdir(server.path('/var/lib/tsukasa-mail-policy'), { recursive: true })
    const path = server.path('/var/lib/tsukasa-mail-policy/state.sqlite')
    const now = Math.floor(Date.now() / 1000)
    const database = new DatabaseSync(path)
    database.exec('create table locks (account text primary key, kind text, since int, until int)')
    const insert = database.prepare('insert into locks values (?, ?, ?, ?)')
    insert.run('a@b.jp', 'day', now - 10, now + 1000)
    insert.run('old@b.jp', 'hour', now - 1000, now - 10)
    insert.run('other@c.jp', 'hour', now - 10, now + 1000)
    database.close()
    const users = ['a@b.jp', 'old@b.jp', 'free@b.jp']
    assert.deepEqual(await ask('sending_locks', { users }), [
      { user: 'a@b.jp', kind: 'day', since: now - 10, until: now + 1000 },
    ])
    await writeFile(path, 'no database at all'.repeat(100))
    assert.instanceOf(await refusalOf(ask('sending_locks', { users })), AgentRefusal)
  })
})
