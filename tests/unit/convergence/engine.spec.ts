import { readdir, rm, writeFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { drift } from '#convergence/engine/drift'
import { refusedBy } from '#tests/support/fake_daemon'
import { EngineBench } from '#tests/support/engine_bench'

test.group('converge', (group) => {
  let bench: EngineBench
  group.each.setup(async () => {
    bench = await EngineBench.create()
    return () => bench.remove()
  })

  const conf = (id: number) => bench.server.read(`/etc/daemon/d${id}.conf`)
  const files = async () => {
    const names = await readdir(bench.server.path('/etc/daemon'))
    return names.toSorted()
  }
  const stateAfter = async (scope?: 'all' | number[]) => {
    const { state } = await bench.converge(scope)
    return state
  }
  const runs = () => db.from('runs').where('server_id', bench.serverId).orderBy('id')

  test('a server becomes what is wanted, and then there is nothing to do', async ({ assert }) => {
    bench.quotas = { 1: 10, 2: 20 }
    const first = await bench.converge()
    assert.equal(first.state, 'done', first.message)
    assert.equal(await conf(2), 'quota 20\n')
    assert.equal(await bench.server.read('/etc/daemon/main.conf'), 'd1.example.jp\nd2.example.jp\n')
    assert.sameMembers(await readdir(bench.server.path('/units')), [
      'daemon.service',
      'daemon@d1.socket',
      'daemon@d2.socket',
    ])
    const second = await bench.converge()
    assert.equal(second.state, 'unchanged')
    assert.equal(second.figures.different, 0)
    assert.equal(second.figures.activations, 0)
    assert.equal(await bench.server.read('/reloads'), 'reload\n')
    const [run] = await runs()
    assert.equal(run.state, 'done')
    assert.isNotNull(run.finished_at)
    const steps = await db.from('run_steps').where('run_id', run.id)
    assert.isAbove(steps.length, 5)
  })

  test('a narrow apply sends what changed, and a full one finds nothing left to do', async ({
    assert,
  }) => {
    bench.quotas = { 1: 10, 2: 20 }
    await bench.converge()
    bench.quotas = { 1: 11, 2: 21 }
    const narrow = await bench.converge([1])
    assert.equal(narrow.figures.files, 2)
    assert.isAtMost(narrow.figures.roundTrips, 3)
    assert.equal(await conf(1), 'quota 11\n')
    assert.equal(await conf(2), 'quota 20\n')
    bench.quotas = { 1: 11, 2: 20 }
    assert.equal(await stateAfter(), 'unchanged')
  })

  test('what is not wanted any more goes, by the manifest and not by what lies there', async ({
    assert,
  }) => {
    bench.quotas = { 1: 10, 2: 20 }
    await bench.converge()
    await writeFile(bench.server.path('/etc/daemon/foreign.conf'), '')
    bench.quotas = { 1: 10 }
    const result = await bench.converge([2])
    assert.equal(result.state, 'done')
    assert.deepEqual([...result.gone], [2])
    assert.deepEqual(await files(), ['d1.conf', 'foreign.conf', 'main.conf'])
    assert.deepEqual(bench.volumes.asked, ['ensure d1', 'ensure d2', 'remove d2'])
    assert.deepEqual(await readdir(bench.server.path('/data/domain')), ['d1.example.jp'])
    assert.notInclude(await readdir(bench.server.path('/units')), 'daemon@d2.socket')
    const left = await db
      .from('manifest_entries')
      .where({ server_id: bench.serverId, scope: 'domain:2' })
    assert.deepEqual(left, [])
  })

  test('nothing is left when nothing is wanted', async ({ assert }) => {
    bench.quotas = { 1: 10, 2: 20 }
    await bench.converge()
    bench.quotas = {}
    await bench.converge()
    assert.deepEqual(await files(), ['main.conf'])
    assert.deepEqual(await readdir(bench.server.path('/data/domain')), [])
  })

  test('a candidate that the checker refuses never goes live, and says whose it is', async ({
    assert,
  }) => {
    bench.quotas = { 1: 10, 2: 20 }
    await bench.converge()
    bench.quotas = { 1: 11, 2: refusedBy.checkByPath, 3: 30 }
    const result = await bench.converge()
    assert.equal(result.state, 'partial')
    assert.deepEqual(
      result.culprits.map(({ domainId, message }) => [domainId, message]),
      [[2, 'refused by check']]
    )
    assert.match(result.culprits[0].refusal.message, /d2\.conf:1/)
    assert.equal(await conf(1), 'quota 11\n')
    assert.equal(await conf(2), 'quota 20\n')
    assert.equal(await conf(3), 'quota 30\n')
  })

  test('where a checker says nothing, trying finds whose it is', async ({ assert }) => {
    bench.quotas = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [index + 1, 10]))
    bench.quotas[7] = refusedBy.checkInSilence
    bench.quotas[13] = refusedBy.checkInSilence
    const result = await bench.converge()
    assert.equal(result.state, 'partial')
    assert.sameMembers(
      result.culprits.map(({ domainId }) => domainId),
      [7, 13]
    )
    assert.lengthOf(await files(), 19)
    assert.notInclude(await bench.server.read('/etc/daemon/main.conf'), 'd7.example.jp')
  })

  test('a refused domain that was live before stays as it was, also in what names all', async ({
    assert,
  }) => {
    bench.quotas = { 1: 10, 2: 20 }
    await bench.converge()
    bench.quotas[2] = refusedBy.checkInSilence
    assert.equal(await stateAfter([2]), 'failed')
    assert.equal(await conf(2), 'quota 20\n')
    assert.include(await bench.server.read('/etc/daemon/main.conf'), 'd2.example.jp')
    bench.quotas[2] = 22
    assert.equal(await stateAfter([2]), 'done')
    assert.equal(await conf(2), 'quota 22\n')
  })

  test('what does not answer after the switch is put back; the others land', async ({ assert }) => {
    bench.quotas = { 1: 10, 2: 20 }
    await bench.converge()
    bench.quotas = { 1: 11, 2: refusedBy.probe, 3: refusedBy.activation }
    const result = await bench.converge()
    assert.equal(result.state, 'partial')
    assert.sameMembers(
      result.culprits.map(({ domainId }) => domainId),
      [2, 3]
    )
    assert.equal(await conf(1), 'quota 11\n')
    assert.equal(await conf(2), 'quota 20\n')
    assert.deepEqual(await files(), ['d1.conf', 'd2.conf', 'main.conf'])
    assert.notInclude(await readdir(bench.server.path('/units')), 'daemon@d3.socket')
    const undone = await db.from('run_steps').where({ run_id: result.runId, state: 'undone' })
    assert.isNotEmpty(undone)
  })

  test('a domain alone that does not answer: rolled back', async ({ assert }) => {
    bench.quotas = { 1: 10 }
    await bench.converge()
    bench.quotas = { 1: refusedBy.probe }
    const result = await bench.converge([1])
    assert.equal(result.state, 'rolled_back')
    assert.equal(await conf(1), 'quota 10\n')
    assert.equal(await stateAfter([1]), 'rolled_back')
    bench.quotas = { 1: 10 }
    assert.equal(await stateAfter(), 'unchanged')
  })

  test('a dry run tells everything and changes nothing', async ({ assert }) => {
    bench.quotas = { 1: 10 }
    const result = await bench.converge('all', { dryRun: true })
    assert.equal(result.state, 'done')
    assert.isAbove(result.steps.filter(({ state }) => state === 'planned').length, 3)
    assert.deepEqual(await readdir(bench.server.path('/etc')), [])
    assert.deepEqual(await db.from('manifest_entries').where('server_id', bench.serverId), [])
    assert.deepEqual(bench.volumes.asked, [])
  })

  test('drift: three hashes tell a hand edit from a loss; the next apply heals', async ({
    assert,
  }) => {
    bench.quotas = { 1: 10, 2: 20 }
    await bench.converge()
    await writeFile(bench.server.path('/etc/daemon/d1.conf'), 'quota 99\n')
    await rm(bench.server.path('/etc/daemon/d2.conf'))
    await rm(bench.server.path('/units/daemon.service'))
    const found = await drift(bench.machinery)
    assert.deepEqual(found.map(({ cause, name }) => `${cause} ${name}`).toSorted(), [
      'edited file /etc/daemon/d1.conf',
      'missing file /etc/daemon/d2.conf',
      'missing unit daemon.service',
    ])
    assert.include(found.find(({ cause }) => cause === 'edited')!.detail, '-quota 99\n+quota 10')
    assert.equal(await stateAfter(), 'done')
    assert.deepEqual(await drift(bench.machinery), [])
  })

  test('a first page belongs to the customer once it was made', async ({ assert }) => {
    bench.quotas = { 1: 10 }
    await bench.converge()
    const page = bench.server.path('/data/domain/d1.example.jp/html/index.html')
    assert.equal(await bench.server.read('/data/domain/d1.example.jp/html/index.html'), 'hello\n')
    await rm(page)
    bench.quotas = { 1: 11 }
    await bench.converge([1])
    await bench.converge()
    assert.deepEqual(await readdir(bench.server.path('/data/domain/d1.example.jp/html')), [])
    await rm(bench.server.path('/data/domain/d1.example.jp/html'), { recursive: true })
    await bench.converge()
    assert.deepEqual(await readdir(bench.server.path('/data/domain/d1.example.jp')), ['html'])
  })

  test('what was begun and cut off is looked at again, even when it is wanted as before', async ({
    assert,
  }) => {
    bench.quotas = { 1: 10 }
    await bench.converge()
    await db
      .from('manifest_entries')
      .where({ server_id: bench.serverId, scope: 'domain:1' })
      .where('key', 'like', 'file:%')
      .update({ hash: '?' })
    await writeFile(bench.server.path('/etc/daemon/d1.conf'), 'quota 11\n')
    const result = await bench.converge([1])
    assert.equal(result.state, 'done')
    assert.equal(await conf(1), 'quota 10\n')
  })

  test('REL-03: what a server had to put back by itself is looked at as a whole', async ({
    assert,
  }) => {
    bench.quotas = { 1: 10 }
    await bench.converge()
    await writeFile(bench.server.path('/var/lib/tsukasa/recovered'), '41\n')
    await bench.converge([1])
    assert.deepEqual(bench.fullApplies, ['recovered from 41'])
    await bench.converge([1])
    assert.lengthOf(bench.fullApplies, 1)
    await writeFile(bench.server.path('/var/lib/tsukasa/recovered'), '42\n')
    await bench.converge()
    assert.lengthOf(bench.fullApplies, 1)
  })

  test('a run that another one overtook changes nothing', async ({ assert }) => {
    bench.quotas = { 1: 10 }
    await bench.converge()
    const { records } = bench.machinery
    const late = { ...bench.machinery, records }
    const begin = records.begin.bind(records)
    records.begin = async (start) => {
      const id = await begin(start)
      bench.quotas = { 1: 12 }
      await bench.converge()
      bench.quotas = { 1: 11 }
      return id
    }
    const { converge } = await import('#convergence/engine/converge')
    await assert.rejects(
      () => converge({ scope: 'all', reason: 'late' }, late),
      /was here after run/
    )
    assert.equal(await conf(1), 'quota 12\n')
  })

  test('a panel whose numbers began anew is let in', async ({ assert }) => {
    bench.quotas = { 1: 10 }
    await bench.converge()
    await writeFile(bench.server.path('/var/lib/tsukasa/run'), '999999999\n')
    bench.quotas = { 1: 11 }
    assert.equal(await stateAfter(), 'done')
    const all = await runs()
    assert.equal(await bench.server.read('/var/lib/tsukasa/run'), `${all.at(-1).id}\n`)
  })

  test('a server that does not answer: the run says so, and the next one works', async ({
    assert,
  }) => {
    bench.quotas = { 1: 10 }
    const { access } = bench.machinery
    const agent = await access.agent()
    const nobody = {
      ...bench.machinery,
      access: { ...access, agent: async () => agent, knock: async () => {} },
    }
    agent.close()
    const { converge } = await import('#convergence/engine/converge')
    await assert.rejects(() => converge({ scope: 'all', reason: 'test' }, nobody), /closed/)
    const [run] = await runs()
    assert.equal(run.state, 'failed')
    assert.equal(run.message, 'closed')
    assert.equal(await stateAfter(), 'done')
  })
})
