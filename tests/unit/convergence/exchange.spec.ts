import { chown, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import type { AgentClient } from '#convergence/agent/client'
import { askApply, askBegin, askEnd, askObserve } from '#convergence/agent/requests'
import type { Operation } from '#convergence/resources/wire'
import { LocalServer } from '#tests/support/local_server'

const root = '/data/domain/d1.example.jp'
const mark = `${root}/conf/staging/last`
const pairs = [
  [`${root}/html`, `${root}/html.stage`],
  [`${root}/cgi-bin`, `${root}/cgi-bin.stage`],
] as const
const directories = pairs.flat()

const swap = (serial: number): Operation => ({
  do: 'put',
  kind: 'exchange',
  path: mark,
  serial,
  pairs,
})

test.group('agent: exchange', (group) => {
  let server: LocalServer
  let agent: AgentClient
  group.each.setup(async () => {
    server = await LocalServer.create()
    agent = await server.agent()
    await mkdir(server.path(`${root}/conf/staging`), { recursive: true })
    for (const path of directories) {
      await mkdir(server.path(path))
      await writeFile(server.path(`${path}/who`), path.slice(root.length + 1))
      await chown(server.path(path), 20001, 20001)
    }
    return () => server.remove()
  })

  const swapped = ['html.stage', 'html', 'cgi-bin.stage', 'cgi-bin']
  const untouched = ['html', 'html.stage', 'cgi-bin', 'cgi-bin.stage']
  const found = () =>
    Promise.all(directories.map((path) => readFile(server.path(`${path}/who`), 'utf8')))
  const marked = () => readFile(server.path(mark), 'utf8').catch(() => null)

  async function apply(run: number, operations: Operation[], activations: string[] = []) {
    await askBegin(agent, run, [], false)
    return askApply(agent, {
      run,
      operations,
      activations: activations.map((script) => ({ argv: ['sh', '-c', script] as const })),
      ...{ starts: [], stops: [], probes: [], reprobes: [], last: true },
    })
  }

  async function stateAfter(run: number, operations: Operation[]) {
    const { state } = await apply(run, operations)
    return state
  }

  async function newAgent() {
    agent = await server.agent()
    await askBegin(agent, 999, [], false)
    await askEnd(agent)
  }

  async function places(one: string, other: string) {
    await rename(server.path(one), server.path(`${root}/aside`))
    await rename(server.path(other), server.path(one))
    await rename(server.path(`${root}/aside`), server.path(other))
  }

  /** As if the agent had been killed when everything was switched and nothing committed. */
  async function killed(run: number, serial: number) {
    const kill = `test -e ${server.path('/killed')} || { touch ${server.path('/killed')}; kill -9 $PPID; }`
    await apply(run, [swap(serial)], [kill]).catch(() => {})
  }

  test('WEB-02: both pairs change places, and the mark says so', async ({ assert }) => {
    assert.deepEqual(await askObserve(agent, [['exchange', mark, 7]]), new Map([[0, null]]))
    assert.equal(await stateAfter(1, [swap(7)]), 'committed')
    assert.deepEqual(await found(), swapped)
    assert.equal(await marked(), '7\n')
    const again = await askObserve(agent, [['exchange', mark, 7]])
    assert.equal(again.size, 0)
    const next = await askObserve(agent, [['exchange', mark, 8]])
    assert.equal(next.size, 1)
    assert.equal(await stateAfter(2, [swap(8)]), 'committed')
    assert.deepEqual(await found(), untouched)
    assert.deepEqual(await readdir(server.path(`${root}/conf/staging`)), ['last'])
  })

  test('WEB-02: what goes wrong afterwards puts both back', async ({ assert }) => {
    await apply(1, [swap(7)])
    const answer = await apply(2, [swap(8)], ['false'])
    assert.equal(answer.state, 'rolled_back')
    assert.deepEqual(await found(), swapped)
    assert.equal(await marked(), '7\n')
    const first = await apply(3, [{ ...swap(9), path: `${root}/conf/staging/other` }], ['false'])
    assert.equal(first.state, 'rolled_back')
    assert.deepEqual(await readdir(server.path(`${root}/conf/staging`)), ['last'])
  })

  const halfways: readonly [string, () => Promise<void>][] = [
    ['after all of it', async () => {}],
    ['before the mark', () => rm(server.path(mark))],
    [
      'between the two pairs',
      async () => {
        await rm(server.path(mark))
        await places(...pairs[1])
      },
    ],
    [
      'before the first pair',
      async () => {
        await rm(server.path(mark))
        await places(...pairs[0])
        await places(...pairs[1])
        await writeFile(server.path(`${root}/conf/staging/.tsukasa-1.0`), '7\n')
      },
    ],
    // Nothing says in which order a file system writes what was not synced.
    ['when only the second pair got to the disk', () => places(...pairs[0])],
  ]
  for (const [moment, goBackTo] of halfways) {
    test(`WEB-02: an agent that is killed ${moment} leaves the old state`, async ({ assert }) => {
      await killed(1, 7)
      assert.deepEqual(await found(), swapped)
      await goBackTo()
      await newAgent()
      assert.deepEqual(await found(), untouched)
      assert.isNull(await marked())
      assert.deepEqual(await readdir(server.path(`${root}/conf/staging`)), [])
    })
  }

  test('WEB-02: an undo that was cut off itself is finished by the next', async ({ assert }) => {
    await killed(1, 7)
    await places(...pairs[1])
    const journal = server.path('/var/lib/tsukasa/journal/1')
    const log = await readFile(`${journal}/undo.jsonl`)
    await newAgent()
    await mkdir(journal)
    await writeFile(`${journal}/undo.jsonl`, log)
    await newAgent()
    assert.deepEqual(await found(), untouched)
  })

  test('WEB-02: nothing is begun where something is no directory', async ({ assert }) => {
    await rm(server.path(pairs[1][0]), { recursive: true })
    await symlink('/etc', server.path(pairs[1][0]))
    const answer = await apply(1, [swap(7)])
    assert.equal(answer.state, 'unchanged')
    assert.equal(answer.failed?.code, 'E_NOT_A_DIRECTORY')
    assert.equal(await readFile(server.path(`${root}/html/who`), 'utf8'), 'html')
    assert.isNull(await marked())
  })

  test('WEB-02: nothing changes places where a customer could put something else there', async ({
    assert,
  }) => {
    await chown(server.path(root), 20001, 20001)
    const answer = await apply(1, [swap(7)])
    assert.equal(answer.failed?.code, 'E_UNTRUSTED')
    assert.deepEqual(await found(), untouched)
  })
})
