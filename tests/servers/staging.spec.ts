import { spawn } from 'node:child_process'
import { once as emitted } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { converge } from '#convergence/engine/converge'
import { drift } from '#convergence/engine/drift'
import { machineryOf } from '#jobs/converge_server'
import Database from '#models/database'
import type Domain from '#models/domain'
import { differencesOf } from '#monitoring/staging'
import StagingChange from '#models/staging_change'
import type { StagingPlan } from '#models/staging_change/plan'
import StagingGeneration from '#models/staging_generation'
import { HastyVisitors } from '#tests/support/hasty_visitors'
import { once, sabotaged } from '#tests/support/saboteur'
import { testServer, type TestServer } from '#tests/support/test_server'

/** The same on both sides but for the word; `link` leads to another directory on each. */
const make = `
set -e
cd "$1"
for side in public:html:cgi-bin staged:html.stage:cgi-bin.stage; do
  word=\${side%%:*} html=$(echo $side | cut -d: -f2) cgi=$(echo $side | cut -d: -f3)
  rm -rf $html/* $cgi/*
  mkdir $html/of-$word
  echo $word > $html/index.html
  echo "<?php return '$word';" > $html/of-$word/part.php
  ln -s of-$word $html/link
  echo "<?php usleep((int) (\\$_GET['wait'] ?? 0)); echo '$word ', include __DIR__ . '/link/part.php';" > $html/page.php
  printf '#!/bin/sh\\necho "Content-Type: text/plain"; echo; echo %s\\n' $word > $cgi/who.cgi
  chmod 755 $cgi/who.cgi
  # What was compiled is compared by time alone: the same on both sides.
  touch -d '2020-01-01 00:00:00' $html/*.php $html/*/*.php $html/*.html
done
`
type Wish = StagingPlan extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'seen'>
    : never
  : never

const paths = ['/index.html', '/page.php', '/cgi-bin/who.cgi']

test.group('WEB-02: staging on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('staging-tsukasa.jp')
  })
  group.each.setup(async () => {
    await server.exec(['rm', '-f', '/run/tsukasa-sabotage'])
    const made = await asDomain('sh', '-c', make, 'sh', domain.root)
    if (made.status) throw new Error(made.stderr)
  })
  group.teardown(async () => {
    await domain.remove(server.actor)
    await server.converge()
  })

  function asDomain(...argv: string[]) {
    const { uid } = domain
    return server.exec(['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...argv])
  }

  async function begin(plan: Wish) {
    const seen = await StagingChange.lastIdOf(domain.id)
    const change = await StagingChange.begin(
      await domain.refresh(),
      { ...plan, seen } as StagingPlan,
      server.actor
    )
    return change
  }

  async function carriedOut(plan: Parameters<typeof begin>[0]) {
    const change = await begin(plan)
    await server.converge()
    await change.refresh()
    return change
  }

  const swap = { kind: 'swap', copiesFirst: false } as const

  async function body(path: string, port = 80) {
    const answer = await server.http(domain.name, path, { port })
    return `${answer.status} ${answer.body.trim()}`
  }

  /** Both pairs agree, and the other side has the other words. */
  async function publicSide(assert: { deepEqual(one: unknown, other: unknown): void }) {
    const word = await body('/index.html')
    const other = word === '200 public' ? 'staged' : 'public'
    assert.deepEqual(await body('/cgi-bin/who.cgi'), word)
    assert.deepEqual(await body('/index.html', 11180), `200 ${other}`)
    assert.deepEqual(await body('/cgi-bin/who.cgi', 11180), `200 ${other}`)
    return word.slice('200 '.length)
  }

  test('WEB-02: who asks every 10 ms sees the old, then the new, and what was under way ends', async ({
    assert,
  }) => {
    for (const path of paths) await body(path)
    const long = server.http(domain.name, '/page.php?wait=2500000')
    await wait(300)
    const visitors = new HastyVisitors(server, domain.name, paths)
    await wait(300)
    const change = await carriedOut(swap)
    const doneAt = performance.now()
    assert.equal(change.state, 'done')
    assert.equal(await body('/page.php'), '200 staged staged')
    await wait(400)
    await visitors.leave()
    assert.deepEqual(visitors.failed, [])
    assert.deepEqual(visitors.told('/index.html'), ['200 public', '200 staged'])
    assert.deepEqual(visitors.told('/cgi-bin/who.cgi'), ['200 public', '200 staged'])
    // Whoever asked while directories changed places may have got a page of the one with a part of the other.
    const late = visitors.seen.get('/page.php')!.filter(({ at }) => at > doneAt)
    assert.isNotEmpty(late)
    assert.deepEqual([...new Set(late.map((each) => each.body))], ['staged staged'])
    const { status, body: text } = await long
    assert.equal(status, 200)
    assert.match(text, /^public /)
    const back = await carriedOut(swap)
    assert.equal(back.state, 'done')
    assert.equal(await body('/page.php'), '200 public public')
    assert.equal(await publicSide(assert), 'public')
  }).timeout(60_000)

  test('WEB-02: the other PHP version, PHP that forbids to be asked, and a site asleep serve the new at once', async ({
    assert,
  }) => {
    const versions = server.server.availablePhpVersions
    const old = versions.at(-1)!
    await db.from('domains').where('id', domain.id).update({ php_http: old })
    await server.convergeAll()
    assert.equal(await body('/page.php'), '200 public public')
    await carriedOut(swap)
    assert.equal(await body('/page.php'), '200 staged staged')
    const ini = 'disable_functions = opcache_reset\nopcache.validate_timestamps = 0\n'
    const stop = ['systemctl', 'stop', `tsukasa-d${domain.id}.slice`]
    const write = ['sh', '-c', `printf '${ini.replaceAll('\n', '\\n')}' > "$0/var/php.ini"`]
    await asDomain(...write, domain.root)
    await server.exec(stop)
    assert.equal(await body('/page.php'), '200 staged staged')
    await carriedOut(swap)
    assert.equal(await body('/page.php'), '200 public public')
    await server.exec(stop)
    await carriedOut(swap)
    assert.equal(await body('/page.php'), '200 staged staged')
    await carriedOut(swap)
    await asDomain('sh', '-c', ': > "$0/var/php.ini"', domain.root)
    await server.exec(stop)
  }).timeout(60_000)

  test('WEB-02: a copy is kept first, comes back to staging, and goes; staging becomes a copy of what is public', async ({
    assert,
  }) => {
    const odd = `printf 'x' > "$0/html/$(printf 'new\\nline \\377')"; ln "$0/html/index.html" "$0/html/same"; chmod 640 "$0/html/same"; mkfifo "$0/html/fifo"; ln -s /etc/passwd "$0/html/far"`
    await asDomain('sh', '-c', odd, domain.root)
    const kept = await carriedOut({ kind: 'swap', copiesFirst: true })
    assert.equal(kept.state, 'done')
    assert.equal(kept.skipped, 1)
    assert.equal(await publicSide(assert), 'staged')
    const [generation] = await StagingGeneration.keptOf(domain.id)
    assert.equal(generation.files, kept.files)

    await asDomain(
      'sh',
      '-c',
      'rm -rf "$0"/html.stage/* && echo spoilt > "$0/html.stage/index.html"',
      domain.root
    )
    const back = await carriedOut({ kind: 'restore', generationId: generation.id })
    assert.equal(back.state, 'done')
    assert.equal(await body('/index.html', 11180), '200 public')
    assert.equal(await body('/page.php', 11180), '200 public public')
    const look = `cd "$0/html.stage" && ls -b && stat -c '%U %a %h' same . && readlink far && ls "$0/conf" 2>&1`
    const { stdout } = await asDomain('sh', '-c', look, domain.root)
    assert.include(stdout, 'new\\nline\\ \\377')
    assert.match(stdout, new RegExp(`^d${domain.id} 640 2$`, 'm'))
    assert.match(stdout, new RegExp(`^d${domain.id} 700 `, 'm'))
    assert.include(stdout, '/etc/passwd')
    assert.include(stdout, 'Permission denied')

    const refreshed = await carriedOut({ kind: 'refresh' })
    assert.equal(refreshed.state, 'done')
    assert.equal(await body('/index.html', 11180), '200 staged')
    const gone = await carriedOut({ kind: 'discard', generationId: generation.id })
    assert.equal(gone.state, 'done')
    const { stdout: left } = await server.exec(['ls', `${domain.root}/conf/staging`])
    assert.deepEqual(left.trim().split('\n').toSorted(), ['last', 'lock'])
  }).timeout(60_000)

  test('WEB-02: a database comes along with a swap, as it is then', async ({ assert }) => {
    const [stage, live] = await Promise.all(
      ['stage', 'live'].map(async (name) => {
        const made = await Database.add(domain, { name }, server.actor)
        return made.database
      })
    )
    await server.converge()
    const sql = (text: string) => server.exec(['mariadb', '--batch', '--skip-column-names'], text)
    await sql(`create table ${live.name}.t (a text); insert ${live.name}.t values ('before');
      create table ${stage.name}.t (a text); insert ${stage.name}.t values ('寿司');`)
    const databases = { sourceId: stage.id, targetId: live.id }
    const change = await carriedOut({ kind: 'swap', copiesFirst: false, databases })
    assert.equal(change.state, 'done')
    assert.equal(await publicSide(assert), 'staged')
    const { stdout } = await sql(`select a from ${live.name}.t; select a from ${stage.name}.t`)
    assert.equal(stdout, '寿司\n寿司\n')
    await carriedOut(swap)
    assert.equal(await publicSide(assert), 'public')
  }).timeout(60_000)

  test('WEB-02: chosen files become public, and what they replaced comes back', async ({
    assert,
  }) => {
    await body('/page.php')
    const odd = `printf 'odd' > "$0/html.stage/$(printf 'a\\nb \\377.html')"; mkdir -p "$0/html.stage/deep/er"; echo new > "$0/html.stage/deep/er/file.html"; echo old > "$0/html/only.html"`
    await asDomain('sh', '-c', odd, domain.root)
    const chosen = ['page.php', 'link', 'of-staged', 'deep/er/file.html', 'only.html']
      .map((name) => Buffer.from(name))
      .concat(Buffer.concat([Buffer.from('a\nb '), Buffer.from([255]), Buffer.from('.html')]))
      .map((name) => name.toString('base64url'))
    const change = await carriedOut({ kind: 'publish', chosen })
    assert.equal(change.state, 'done')
    assert.equal(await body('/page.php'), '200 staged staged')
    assert.equal(await body('/index.html'), '200 public')
    assert.equal(await body('/deep/er/file.html'), '200 new')
    assert.equal(await body('/a%0Ab%20%FF.html'), '200 odd')
    assert.match(await body('/only.html'), /^404/)
    const back = await carriedOut({ kind: 'withdraw', undoneId: change.id })
    assert.equal(back.state, 'done')
    assert.equal(await body('/page.php'), '200 public public')
    assert.equal(await body('/only.html'), '200 old')
    assert.match(await body('/deep/er/file.html'), /^404/)
    assert.isNull(await StagingChange.withdrawable(domain.id))
  }).timeout(60_000)

  test('WEB-02: what is in a new directory is shown one by one, and nothing outside of it', async ({
    assert,
  }) => {
    const fresh = `mkdir -p "$0/html.stage/fresh/in"; echo 1 > "$0/html.stage/fresh/a.html"; echo 2 > "$0/html.stage/fresh/in/b.html"; ln -s /etc "$0/html.stage/out"; echo 1 > "$0/html.stage/plain"`
    await asDomain('sh', '-c', fresh, domain.root)
    await domain.load('server')
    const plain = (name: string) => Buffer.from(name).toString('base64url')
    const shown = async (below?: string) => {
      const { value, problem } = await differencesOf(domain, below && plain(below))
      const names = value?.found.map(({ name, state, path }) => {
        assert.equal(Buffer.from(path, 'base64url').toString(), name)
        return `${name} ${state}`
      })
      return problem ? 'problem' : names!.filter((name) => /fresh|passwd|out/.test(name))
    }
    assert.deepEqual(await shown(), ['fresh new', 'out new'])
    assert.deepEqual(await shown('fresh'), ['fresh/a.html new', 'fresh/in new'])
    assert.deepEqual(await shown('fresh/in'), ['fresh/in/b.html new'])
    for (const nowhere of ['out', 'plain', 'none', '..', 'fresh/../..', '/etc', 'fresh//in'])
      assert.equal(await shown(nowhere), 'problem', nowhere)

    const chosen = [plain('fresh/in/b.html')]
    const change = await carriedOut({ kind: 'publish', chosen })
    assert.equal(change.state, 'done')
    assert.match(await body('/fresh/a.html'), /^404/)
    assert.equal(await body('/fresh/in/b.html'), '200 2')
    assert.deepEqual(await shown('fresh/in'), [])
    assert.deepEqual(await shown('fresh'), ['fresh/a.html new'])
    await carriedOut({ kind: 'withdraw', undoneId: change.id })
    const clean = 'rm -r "$0/html.stage/fresh" "$0/html.stage/out" "$0/html.stage/plain"'
    await asDomain('sh', '-c', clean, domain.root)
  }).timeout(60_000)

  test('WEB-02: no room for a copy: nothing is changed, and it is said why', async ({ assert }) => {
    // Two files that share no blocks with anything, together more than half of the volume.
    const fill = 'head -c 300M /dev/urandom > "$0/html/large"'
    await asDomain('sh', '-c', fill, domain.root)
    await domain.refresh()
    const change = await begin({ kind: 'swap', copiesFirst: true })
    await server.converge().catch(() => {})
    await change.refresh()
    if (change.state === 'failed') {
      assert.equal(change.failure, 'no_room')
      assert.equal(await body('/index.html'), '200 public')
    } else {
      // The file system shares blocks: the copy took hardly any room.
      assert.equal(await publicSide(assert), 'staged')
      await carriedOut(swap)
    }
    await asDomain('rm', '-f', `${domain.root}/html/large`, `${domain.root}/html.stage/large`)
  }).timeout(120_000)

  test('WEB-02: an agent that is killed after the switch leaves the old; trying again swaps once', async ({
    assert,
  }) => {
    const change = await begin(swap)
    const machinery = await machineryOf(server.server)
    const killed = sabotaged(domain.id, { activations: [once('kill -9 $PPID')] })
    const broken = { scope: [domain.id], reason: 'sabotage' }
    await assert.rejects(() => converge(broken, { ...machinery, services: killed }), /cut/)
    // The next agent that is started puts it back before it does anything else.
    await drift(await machineryOf(server.server))
    assert.equal(await publicSide(assert), 'public')
    await server.converge()
    await change.refresh()
    assert.equal(change.state, 'done')
    assert.equal(await publicSide(assert), 'staged')
    assert.equal(await body('/page.php'), '200 staged staged')
    await carriedOut(swap)
  }).timeout(60_000)

  test('WEB-02: workers killed at any moment: the old or the new, and in the end what the history says', async ({
    assert,
  }) => {
    const script = app.makePath('tests/support/worker_to_kill.ts')
    const workUntil = async (enough: () => Promise<unknown>) => {
      const worker = spawn(process.execPath, ['--import', '@poppinss/ts-exec', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
        cwd: app.makePath(),
      })
      const gone = emitted(worker, 'exit')
      await Promise.race([emitted(worker.stdout, 'data'), gone])
      await Promise.race([enough(), gone])
      worker.kill('SIGKILL')
      await gone
    }
    // The change is done a moment before its task is: who is killed in between leaves the server's turn taken.
    const untilNothingWaits = async () => {
      const waiting = () =>
        db
          .from('tasks')
          .where('server_id', server.server.id)
          .whereIn('state', ['queued', 'running'])
          .first()
      while (await waiting()) await wait(50)
    }
    let expected = 'public'
    for (let index = 0; index < 2; index++) {
      const change = await begin({ kind: 'swap', copiesFirst: index % 2 === 1 })
      await workUntil(() => wait(Math.random() * 400))
      await publicSide(assert)
      await workUntil(untilNothingWaits)
      await change.refresh()
      expected = expected === 'public' ? 'staged' : 'public'
      assert.equal(change.state, 'done')
      assert.equal(await publicSide(assert), expected)
    }
    if (expected === 'staged') await carriedOut(swap)
  }).timeout(240_000)
})
