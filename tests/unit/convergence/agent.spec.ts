import { execFileSync } from 'node:child_process'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { test } from '@japa/runner'
import type { AgentClient } from '#convergence/agent/client'
import {
  askApply,
  askBegin,
  askCheck,
  askConfirm,
  askEnd,
  askFacts,
  askObserve,
  askPrune,
  type ApplyOrder,
} from '#convergence/agent/requests'
import { rowChanges } from '#convergence/engine/row_changes'
import type { Scope, TableResource } from '#convergence/resource'
import { contentDigest, rowsDigest } from '#convergence/resources/digest'
import type { Operation, WantedEntry } from '#convergence/resources/wire'
import { LocalServer } from '#tests/support/local_server'

type Rows = TableResource['rows']

const owned = { owner: 0, group: 0, mode: 0o644 }
const customer = { owner: 20001, group: 20001, mode: 0o700 }

function file(path: string, content: string, more: object = {}): Operation {
  return { do: 'put', kind: 'file', path, content, ...owned, ...more }
}

function directory(path: string, more: object = {}): Operation {
  return { do: 'put', kind: 'directory', path, ...owned, mode: 0o755, ...more }
}

function order(run: number, operations: Operation[], more: Partial<ApplyOrder> = {}): ApplyOrder {
  const nothing = { starts: [], stops: [], activations: [], probes: [], reprobes: [], last: true }
  return { run, operations, ...nothing, ...more }
}

const maps = '/var/lib/tsukasa/maps.sqlite'
const users = (scope: Scope, value: string): WantedEntry => [
  ...(['table', maps, 'users', scope] as const),
  rowsDigest([['taro', value]]),
]

async function apply(agent: AgentClient, run: number, operations: Operation[], more = {}) {
  await askBegin(agent, run, [], false)
  return askApply(agent, order(run, operations, more))
}

/** Kills the agent the first time; after that, as a part of the way back, it does nothing. */
function killOnce(server: LocalServer) {
  const mark = server.path('/killed')
  return {
    argv: ['sh', '-c', `test -e ${mark} || { touch ${mark}; kill -9 $PPID; }`] as [
      string,
      ...string[],
    ],
  }
}

const broken = { activations: [{ argv: ['false'] as const }] }

test.group('agent', (group) => {
  let server: LocalServer
  let agent: AgentClient
  group.each.setup(async () => {
    server = await LocalServer.create()
    agent = await server.agent()
    return () => server.remove()
  })

  const modeOf = async (path: string) => {
    const { mode } = await lstat(server.path(path))
    return mode & 0o777
  }

  test('tells facts of the machine', async ({ assert }) => {
    const facts = await askFacts(agent)
    assert.match(facts.bootId, /^[0-9a-f-]{36}$/)
    assert.isAbove(facts.diskFreeBytes, 0)
  })

  test('writes, and then sees nothing to do', async ({ assert }) => {
    const rows = [['a@example.jp', 'x'] as const, ['b@example.jp', 'y'] as const]
    const database = '/var/lib/tsukasa/maps.sqlite'
    const answer = await apply(agent, 1, [
      directory('/etc/daemon'),
      file('/etc/daemon/a.conf', 'one\n'),
      { do: 'put', kind: 'symlink', path: '/etc/daemon/link', target: 'a.conf' },
      { do: 'put', kind: 'table', database, table: 'users', scope: 'domain:1', rows },
    ])
    assert.equal(answer.state, 'committed')
    assert.equal(await server.read('/etc/daemon/a.conf'), 'one\n')
    assert.equal(await readlink(server.path('/etc/daemon/link')), 'a.conf')
    const different = await askObserve(agent, [
      ['directory', '/etc/daemon', 0, 0, 0o755],
      ['file', '/etc/daemon/a.conf', 'root', 'root', 0o644, contentDigest('one\n'), 1],
      ['symlink', '/etc/daemon/link', 'a.conf'],
      ['table', database, 'users', 'domain:1', rowsDigest(rows)],
      ['table', database, 'users', 'domain:2', ''],
    ])
    assert.deepEqual([...different], [])
    assert.deepEqual(await readdir(server.path('/var/lib/tsukasa/journal')), [])
  })

  test('tells which rows of a table differ, never what is in them', async ({ assert }) => {
    const database = '/var/lib/tsukasa/maps.sqlite'
    const table = { kind: 'table', database, table: 'users', scope: 'domain:1' }
    const before: Rows = [
      ['a b', 'kept'],
      ['changed', 'secret'],
      ['gone', 'x'],
    ]
    await apply(agent, 1, [{ do: 'put', ...table, rows: before }])
    const after: Rows = [
      ['a b', 'kept'],
      ['changed', 'other'],
      ['new', 'y'],
    ]
    const different = await askObserve(agent, [
      ['table', database, 'users', 'domain:1', rowsDigest(after)],
    ])
    const { text } = different.get(0)!
    assert.notInclude(text, 'secret')
    assert.deepEqual(rowChanges(after, text!), ['~changed', '+new', '-gone'])
    assert.deepEqual(rowChanges(before, text!), [])
  })

  test('tells what is there instead', async ({ assert }) => {
    await apply(agent, 1, [file('/etc/a', 'mine\n')])
    await chmod(server.path('/etc/a'), 0o600)
    const different = await askObserve(agent, [
      ['file', '/etc/a', 0, 0, 0o644, contentDigest('mine\n'), 1],
      ['file', '/etc/none', 0, 0, 0o644, contentDigest(''), 1],
      ['table', '/var/lib/tsukasa/none.sqlite', 'users', 'server', ''],
      ['unit', 'web.service'],
    ])
    assert.equal(different.get(0)?.mode, 0o600)
    assert.equal(different.get(0)?.text, 'mine\n')
    assert.isNull(different.get(1))
    assert.isNull(different.get(2))
    assert.isNull(different.get(3))
  })

  test('puts everything back when an activation fails', async ({ assert }) => {
    const database = '/var/lib/tsukasa/maps.sqlite'
    const rows = (value: string) =>
      ({
        do: 'put',
        kind: 'table',
        database,
        table: 't',
        scope: 's',
        rows: [['k', value]],
      }) as const
    await apply(agent, 1, [
      directory('/etc/d'),
      file('/etc/d/kept', 'before\n', { mode: 0o640 }),
      file('/etc/d/gone', 'was here\n'),
      { do: 'put', kind: 'symlink', path: '/etc/d/link', target: 'kept' },
      rows('before'),
    ])
    const answer = await apply(
      agent,
      2,
      [
        directory('/etc/d', { mode: 0o700 }),
        directory('/etc/d/new'),
        file('/etc/d/kept', 'after\n'),
        file('/etc/d/new/file', 'after\n'),
        { do: 'put', kind: 'symlink', path: '/etc/d/link', target: 'new' },
        rows('after'),
        { do: 'remove', kind: 'file', path: '/etc/d/gone' },
      ],
      broken
    )
    assert.equal(answer.state, 'rolled_back')
    assert.equal(answer.failed?.phase, 'activate')
    assert.equal(await server.read('/etc/d/kept'), 'before\n')
    assert.equal(await modeOf('/etc/d/kept'), 0o640)
    assert.equal(await modeOf('/etc/d'), 0o755)
    assert.equal(await server.read('/etc/d/gone'), 'was here\n')
    assert.equal(await readlink(server.path('/etc/d/link')), 'kept')
    assert.sameMembers(await readdir(server.path('/etc/d')), ['gone', 'kept', 'link'])
    const found = await askObserve(agent, [
      ['table', database, 't', 's' as 'server', rowsDigest([['k', 'before']])],
    ])
    assert.equal(found.size, 0)
  })

  test('starts and stops units, and takes it back', async ({ assert }) => {
    await apply(agent, 1, [], { starts: ['old.service'] })
    const answer = await apply(agent, 2, [], {
      starts: ['new.socket'],
      stops: ['old.service'],
      probes: [{ kind: 'command', argv: ['false'], within: 0.1 }],
    })
    assert.equal(answer.state, 'rolled_back')
    assert.deepEqual(await readdir(server.path('/units')), ['old.service'])
    const unstartable = await apply(agent, 3, [], { starts: ['broken.service'] })
    assert.equal(unstartable.failed?.message, 'broken.service is broken')
  })

  test('a probe that answers late is waited for', async ({ assert }) => {
    const probe = {
      kind: 'command',
      argv: ['test', '-e', server.path('/late')],
      within: 5,
    } as const
    setTimeout(() => void writeFile(server.path('/late'), ''), 300)
    const answer = await apply(agent, 1, [file('/etc/a', '')], { probes: [probe] })
    assert.equal(answer.state, 'committed')
  })

  test('checks see the candidate, and nothing of it remains', async ({ assert }) => {
    await apply(agent, 1, [file('/etc/a', 'live\n')])
    const show = (path: string) => ({ argv: ['cat', server.path(path)] as [string, string] })
    const results = await askCheck(
      agent,
      [
        file('/etc/a', 'candidate\n'),
        directory('/etc/new'),
        file('/etc/new/b', 'new\n'),
        file('/var/lib/extrausers/passwd', 'x\n'),
        directory('/var/lib/extrausers'),
      ].toSorted((one, other) => (String(one.path) < String(other.path) ? -1 : 1)),
      [show('/etc/a'), show('/etc/new/b'), show('/etc/none')]
    )
    assert.deepEqual(
      results.map(({ output }) => output),
      ['candidate', 'new', `cat: ${server.path('/etc/none')}: No such file or directory`]
    )
    assert.equal(results[2].status, 1)
    assert.equal(await server.read('/etc/a'), 'live\n')
    assert.sameMembers(await readdir(server.path('/etc')), ['a'])
    const mounts = execFileSync('cat', ['/proc/self/mounts'], { encoding: 'utf8' })
    assert.notInclude(mounts, server.root)
  })

  test('undoes first what a killed agent left', async ({ assert }) => {
    await apply(agent, 1, [file('/etc/a', 'before\n')])
    const dying = server.agent().then(async (other) => {
      await askBegin(other, 2, [], false)
      const more = { activations: [killOnce(server)] }
      return askApply(other, order(2, [file('/etc/a', 'after\n'), file('/etc/b', '')], more))
    })
    await assert.rejects(() => dying, /cut/)
    assert.equal(await server.read('/etc/a'), 'after\n')
    const { recovered } = await askBegin(agent, 3, [], false)
    assert.deepEqual(recovered, ['2'])
    assert.equal(await server.read('/etc/a'), 'before\n')
    assert.sameMembers(await readdir(server.path('/etc')), ['a'])
  })

  test('a new agent undoes by itself what a killed one left', async ({ assert }) => {
    const more = { activations: [killOnce(server)] }
    await assert.rejects(() => apply(agent, 1, [file('/etc/b', '')], more), /cut/)
    const other = await server.agent()
    assert.deepEqual(await readdir(server.path('/etc')), [])
    const { recovered } = await askBegin(other, 2, [], false)
    assert.deepEqual(recovered, ['1'])
    const again = await askBegin(other, 2, [], false)
    assert.isEmpty(again.recovered)
  })

  test('REL-03: a database that a power cut left torn is emptied, and what went back is told', async ({
    assert,
  }) => {
    await powerCut()
    await writeFile(server.path(maps), 'half of a page')
    const other = await server.agent()
    const { recovered } = await askBegin(other, 3, [], false)
    assert.deepEqual(recovered, ['2'])
    assert.isEmpty(
      await askObserve(other, [users('domain:1', 'old'), ['table', maps, 'users', 'domain:2', '']])
    )
  })

  test('REL-03: after a power cut a database that is whole keeps what others have in it', async ({
    assert,
  }) => {
    await powerCut()
    const other = await server.agent()
    assert.isEmpty(await askObserve(other, [users('domain:1', 'old'), users('domain:2', 'his')]))
  })

  /** The machine goes down when the rows of the first domain are new already. */
  async function powerCut() {
    const put = (scope: string, value: string): Operation => ({
      ...{ do: 'put', kind: 'table', database: maps, table: 'users' },
      ...{ scope, rows: [['taro', value]] },
    })
    await apply(agent, 1, [put('domain:1', 'old'), put('domain:2', 'his')])
    const more = { activations: [killOnce(server)] }
    await apply(agent, 2, [put('domain:1', 'new')], more).catch(() => {})
    const journal = server.path('/var/lib/tsukasa/journal/2/undo.jsonl')
    const text = await readFile(journal, 'utf8')
    await writeFile(journal, text.replace(/"boot": "[^"]+"/, '"boot": "an earlier one"'))
  }

  test('refuses a run that was overtaken, unless the numbers began anew', async ({ assert }) => {
    await apply(agent, 7, [])
    await assert.rejects(() => askBegin(agent, 6, [], false), /run 7 was here/)
    await askBegin(agent, 6, [], true)
    await askEnd(agent)
  })

  test('one apply at a time', async ({ assert }) => {
    const other = await server.agent()
    await askBegin(agent, 1, [], false)
    await assert.rejects(
      () => other.request('begin', { run: 2, entries: [], patience: 0.1 }),
      /another apply/
    )
    agent.close()
    await askBegin(other, 2, [], false)
  })

  test('a held change goes back when nobody confirms it', async ({ assert }) => {
    const held = await apply(agent, 1, [file('/etc/a', 'x\n')], { hold: 60 }).catch(
      (error) => error
    )
    // Without systemd there is no timer for the way back: then it is not even begun.
    if (held.state === 'unchanged') return assert.match(held.failed.message, /no timer/)
    assert.equal(held.state, 'held')
    const { state } = await askConfirm(agent)
    assert.equal(state, 'committed')
  })
})

test.group('agent below directories of customers', (group) => {
  let server: LocalServer
  let agent: AgentClient
  const home = '/data/domain/example.jp'
  group.each.setup(async () => {
    server = await LocalServer.create()
    await chmod(server.root, 0o755)
    agent = await server.agent()
    await mkdir(server.path(`${home}/html`), { recursive: true })
    await chown(server.path(`${home}/html`), 20001, 20001)
    return () => server.remove()
  })

  test('seeds are made once, by their owner', async ({ assert }) => {
    const seed = { ...customer, seed: true }
    const operations = [
      directory(`${home}/html/sub`, seed),
      file(`${home}/html/index.html`, 'hello', { ...seed, mode: 0o644 }),
    ]
    const { state } = await apply(agent, 1, operations)
    assert.equal(state, 'committed')
    const made = await lstat(server.path(`${home}/html/index.html`))
    assert.deepEqual([made.uid, made.gid, made.mode & 0o777], [20001, 20001, 0o644])
    await writeFile(server.path(`${home}/html/index.html`), 'changed')
    await apply(agent, 2, operations)
    assert.equal(await server.read(`${home}/html/index.html`), 'changed')
  })

  test('seeds are taken back with the rest, as long as they are as they were made', async ({
    assert,
  }) => {
    const seed = { ...customer, seed: true }
    const operations = [directory(`${home}/html/sub`, seed), file(`${home}/html/i`, 'x', seed)]
    await apply(agent, 1, operations, broken)
    assert.deepEqual(await readdir(server.path(`${home}/html`)), [])
  })

  test('root writes nothing where a customer can write', async ({ assert }) => {
    const answer = await apply(agent, 1, [file('/etc/a', ''), file(`${home}/html/root`, 'x')])
    assert.equal(answer.state, 'rolled_back')
    assert.match(answer.failed!.message, /others can write/)
    assert.deepEqual(await readdir(server.path('/etc')), [])
  })

  test('a link of a customer leads nowhere', async ({ assert }) => {
    await mkdir(server.path('/etc/secret'), { mode: 0o777 })
    await symlink(server.path('/etc/secret'), server.path(`${home}/html/sub`))
    const seed = { ...customer, seed: true }
    await apply(agent, 1, [directory(`${home}/html/sub/deep`, seed)])
    await apply(agent, 2, [file(`${home}/html/sub/file`, 'x', seed)])
    assert.deepEqual(await readdir(server.path('/etc/secret')), [])
  })

  test('a home goes with all in it, and what its links point at stays', async ({ assert }) => {
    const tree = server.path(`${home}/home/sato`)
    await mkdir(`${tree}/Maildir/new`, { recursive: true })
    await writeFile(`${tree}/Maildir/new/1`, 'mail')
    await symlink('/etc', `${tree}/etc`)
    await writeFile(server.path('/etc/kept'), '')
    await symlink(server.path('/etc'), `${tree}/mine`)
    execFileSync('chown', ['-hR', '20002:20001', tree])
    const left = await askPrune(agent, [[`${home}/home/sato`, 20002, 20001]], [])
    assert.deepEqual(left, [])
    assert.deepEqual(await readdir(server.path(`${home}/home`)), [])
    assert.deepEqual(await readdir(server.path('/etc')), ['kept'])
  })
})

test.group('agent on a full disk', (group) => {
  let server: LocalServer
  let agent: AgentClient
  group.each.setup(async () => {
    server = await LocalServer.create()
    const size = ['-t', 'tmpfs', '-o', 'size=400k,mode=755', 'tmpfs', server.path('/etc')]
    execFileSync('mount', size)
    agent = await server.agent()
    return async () => {
      agent.close()
      execFileSync('umount', ['-l', server.path('/etc')])
      await server.remove()
    }
  })

  test('nothing is cut short: everything is as before, and the reason is told', async ({
    assert,
  }) => {
    await apply(agent, 1, [file('/etc/a', 'before\n'), file('/etc/b', 'before\n')])
    const answer = await apply(agent, 2, [
      file('/etc/a', 'after\n'),
      file('/etc/b', 'x'.repeat(600_000)),
      { do: 'remove', kind: 'file', path: '/etc/a' },
    ])
    assert.equal(answer.state, 'rolled_back')
    assert.equal(answer.failed?.code, 'ENOSPC')
    assert.equal(answer.failed?.path, '/etc/b')
    assert.deepEqual(await readdir(server.path('/etc')), ['a', 'b'])
    assert.equal(await server.read('/etc/a'), 'before\n')
    assert.equal(await server.read('/etc/b'), 'before\n')
  })

  test('when there is room again it goes on', async ({ assert }) => {
    const large = [file('/etc/a', 'x'.repeat(300_000))]
    await writeFile(server.path('/etc/filler'), 'x'.repeat(300_000))
    const full = await apply(agent, 1, large)
    assert.equal(full.state, 'rolled_back')
    await rm(server.path('/etc/filler'))
    const roomy = await apply(agent, 2, large)
    assert.equal(roomy.state, 'committed')
  })
})

test.group('agent where the state directory is full', (group) => {
  let server: LocalServer
  let agent: AgentClient
  group.each.setup(async () => {
    server = await LocalServer.create()
    agent = await server.agent()
    await askFacts(agent)
    execFileSync('mkdir', ['-p', server.path('/var/lib/tsukasa')])
    const size = ['-t', 'tmpfs', '-o', 'size=64k,mode=755', 'tmpfs']
    execFileSync('mount', [...size, server.path('/var/lib/tsukasa')])
    return async () => {
      agent.close()
      execFileSync('umount', ['-l', server.path('/var/lib/tsukasa')])
      await server.remove()
    }
  })

  test('without a journal nothing is begun', async ({ assert }) => {
    await writeFile(server.path('/etc/a'), 'x'.repeat(100_000))
    const answer = await apply(agent, 1, [file('/etc/new', ''), file('/etc/a', 'after\n')])
    assert.equal(answer.state, 'unchanged')
    assert.equal(answer.failed?.phase, 'journal')
    assert.deepEqual(await readdir(server.path('/etc')), ['a'])
    assert.deepEqual(await readdir(server.path('/var/lib/tsukasa/journal')), [])
  })
})
