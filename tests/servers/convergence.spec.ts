import { spawn } from 'node:child_process'
import { once as emitted } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { computeFor } from '#compute/index'
import { waitForSsh } from '#compute/ssh_answer'
import { converge } from '#convergence/engine/converge'
import { drift } from '#convergence/engine/drift'
import type { ConvergeResult } from '#convergence/engine/run'
import type { Service } from '#convergence/service'
import { machineryOf } from '#jobs/converge_server'
import type Domain from '#models/domain'
import Mailbox from '#models/mailbox'
import { ForeignVisitor } from '#tests/support/foreign_visitor'
import { once, sabotaged, sabotageFile } from '#tests/support/saboteur'
import { testServer, type TestServer } from '#tests/support/test_server'

const injectedFailures = Number(process.env.INJECTED_FAILURES ?? 50)
const killedWorkers = Number(process.env.KILLED_WORKERS ?? 8)

/** Six ways to fail, one in each step of an apply. */
const failures = {
  'a candidate that Apache refuses': {
    file: { path: sabotageFile, content: 'Nonsense On\n' },
    checks: [{ argv: ['apache2', '-t', '-f', sabotageFile] }],
  },
  'a candidate that some checker refuses without a word': { checks: [{ argv: ['false'] }] },
  'a file where root must not write': {
    file: { path: '/data/domain/DOMAIN/html/root', content: 'x\n' },
  },
  'a reload that fails': {
    activations: [{ argv: ['apache2ctl', 'graceful'] }, { argv: ['false'] }],
  },
  'a reload that never ends': {
    activations: [{ argv: ['apache2ctl', 'graceful'] }, { argv: ['sleep', '60'], timeout: 1 }],
  },
  'a site that does not answer as it must': {
    activations: [{ argv: ['apache2ctl', 'graceful'] }],
    probes: [
      {
        kind: 'http',
        address: '127.0.0.1',
        port: 1,
        host: 'nobody.invalid',
        path: '/',
        expect: [200],
        within: 0.3,
      },
    ],
  },
} as const

test.group('REL-01: an apply that fails leaves everything as it was', (group) => {
  let server: TestServer
  let domain: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('rollback-tsukasa.jp')
  })
  group.each.setup(async () => {
    await server.exec(['rm', '-f', '/run/tsukasa-sabotage'])
  })
  group.teardown(async () => {
    await domain.remove(server.actor)
    await server.converge()
  })

  async function run(services: readonly Service[]): Promise<ConvergeResult> {
    const machinery = await machineryOf(server.server)
    return converge({ scope: [domain.id], reason: 'sabotage' }, { ...machinery, services })
  }

  async function heal(): Promise<ConvergeResult> {
    return converge({ scope: 'all', reason: 'heal' }, await machineryOf(server.server))
  }

  /** By the daemons' own words and what lies there, not by what our code says. */
  async function assertAsBefore(assert: { equal(one: unknown, other: unknown): void }) {
    const { stdout: left } = await server.exec(['find', sabotageFile, '/var/lib/tsukasa/journal/'])
    assert.equal(left.trim(), '/var/lib/tsukasa/journal/')
    const { status } = await server.exec(['apache2ctl', '-t'])
    assert.equal(status, 0)
    const answer = await server.http(domain.name)
    assert.equal(answer.status, 200)
  }

  test(`${injectedFailures} injected failures: none goes live, and a visitor outside misses nothing`, async ({
    assert,
  }) => {
    const visitor = new ForeignVisitor(server, domain.name)
    const kinds = Object.entries(failures)
    const states: string[] = []
    for (let index = 0; index < injectedFailures; index++) {
      const [, sabotage] = kinds[index % kinds.length]
      const text = JSON.stringify(sabotage).replace('DOMAIN', domain.name)
      const { state } = await run(sabotaged(domain.id, JSON.parse(text)))
      states.push(state)
    }
    await visitor.leave()
    assert.deepEqual(visitor.missed, [])
    assert.isAbove(visitor.asked, injectedFailures)
    assert.deepEqual([...new Set(states)].toSorted(), ['failed', 'rolled_back'])
    await assertAsBefore(assert)
    await heal()
    assert.deepEqual(await drift(await machineryOf(server.server)), [])
  }).timeout(900_000)

  test('an agent killed in the middle: the next apply undoes first', async ({ assert }) => {
    const killed = sabotaged(domain.id, { activations: [once('kill -9 $PPID')] })
    await assert.rejects(() => run(killed), /pipe to the server is cut/)
    const { state } = await heal()
    assert.include(['done', 'unchanged'], state)
    await assertAsBefore(assert)
  })

  test('a pipe cut in the middle: the server is whole, and the next apply puts it right', async ({
    assert,
  }) => {
    const cut = once('kill -9 $(ps -o ppid= -p $PPID)')
    await assert.rejects(
      () => run(sabotaged(domain.id, { activations: [cut] })),
      /pipe to the server is cut/
    )
    await heal()
    await assertAsBefore(assert)
    assert.deepEqual(await drift(await machineryOf(server.server)), [])
  })

  test('a server stopped in the middle: after its start it is as the database says', async ({
    assert,
  }) => {
    const compute = await computeFor(server.server)
    const slow = sabotaged(domain.id, { activations: [once('sleep 30')] })
    const running = assert.rejects(() => run(slow), /cut|no answer/)
    await wait(2000)
    await compute.stop(1)
    await running
    await compute.start()
    await waitForSsh(server.address, server.server.sshPort, 60_000, AbortSignal.timeout(60_000))
    await heal()
    await assertAsBefore(assert)
    assert.deepEqual(await drift(await machineryOf(server.server)), [])
  }).timeout(120_000)

  test('REL-05: a change that locks the panel out goes back by itself', async ({ assert }) => {
    const closed = 'table inet sabotage { chain input { type filter hook input priority 0;'
    const door = 'tcp dport 11122 ct state new reject with tcp reset; }; }'
    const nft = 'test -e $0 && nft -f $0 || nft delete table inet sabotage'
    const locked = sabotaged(domain.id, {
      file: { path: sabotageFile, content: `${closed} ${door}\n` },
      checks: [{ argv: ['nft', '-c', '-f', sabotageFile] }],
      activations: [{ argv: ['sh', '-c', nft, sabotageFile] }],
      guardsAccess: true,
    })
    const { state, message } = await run(locked)
    assert.equal(state, 'rolled_back')
    assert.match(message!, /no new connection is let in/)
    await heal()
    await assertAsBefore(assert)
  })

  test('staff read what happened', async ({ assert }) => {
    const { runId } = await run(sabotaged(domain.id, failures['a reload that fails']))
    const stored = await db.from('runs').where('id', runId).first()
    assert.equal(stored.state, 'rolled_back')
    assert.include(stored.message, 'activate: false')
    const steps = await db.from('run_steps').where('run_id', runId).orderBy('position')
    assert.include(
      steps.map(({ phase, state }) => `${phase} ${state}`),
      'switch undone'
    )
    await domain.refresh()
    assert.isNull(domain.deletedAt)
  })
})

test.group('REL-02: workers killed at any moment', (group) => {
  let server: TestServer
  let domain: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('killed-tsukasa.jp')
  })
  group.teardown(async () => {
    await domain.remove(server.actor)
    await server.converge()
  })

  /** Ends by SIGKILL when `enough` resolves, wherever it is then. */
  async function workUntil(enough: () => Promise<unknown>) {
    const script = app.makePath('tests/support/worker_to_kill.ts')
    const worker = spawn(process.execPath, ['--import', '@poppinss/ts-exec', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: app.makePath(),
    })
    await emitted(worker.stdout, 'data')
    await enough()
    worker.kill('SIGKILL')
    await emitted(worker, 'exit')
  }

  async function untilNothingWaits() {
    const waiting = () =>
      db
        .from('tasks')
        .where('server_id', server.server.id)
        .whereIn('state', ['queued', 'running'])
        .first()
    while (await waiting()) await wait(100)
  }

  test(`${killedWorkers} times: afterwards the server has every mailbox once`, async ({
    assert,
  }) => {
    const locals: string[] = []
    const passwordHash = '$2b$10$abcdefghijklmnopqrstuuH9b0p0ZBk1OZ0V2o8kqU9E6R8eJx5u2'
    for (let index = 0; index < killedWorkers; index++) {
      locals.push(`user${index}`)
      await Mailbox.add(domain, { localPart: `user${index}`, passwordHash }, server.actor)
      await workUntil(() => wait(Math.random() * 500))
    }
    await workUntil(untilNothingWaits)
    for (const local of locals) {
      const { status, stdout } = await server.exec(['doveadm', 'user', `${local}@${domain.name}`])
      assert.equal(status, 0, stdout)
    }
    const { stdout: homes } = await server.exec(['ls', `${domain.root}/home`])
    assert.sameMembers(homes.trim().split('\n'), ['admin', ...locals])
    const found = await drift(await machineryOf(server.server))
    assert.deepEqual(
      found.filter(({ scope }) => scope === `domain:${domain.id}`),
      []
    )
    const running = await db.from('runs').where({ server_id: server.server.id, state: 'running' })
    assert.deepEqual(running, [])
  }).timeout(300_000)
})
