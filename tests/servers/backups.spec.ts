import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import { computeFor } from '#compute/index'
import BackUpServer from '#jobs/back_up_server'
import ContentBackup from '#models/content_backup'
import { queueBackup } from '#models/content_backup/schedule'
import ContentRestore from '#models/content_restore'
import type Domain from '#models/domain'
import { backupEntriesOf } from '#monitoring/content_backups'
import { testServer, type TestServer } from '#tests/support/test_server'

const encoded = (path: string) => Buffer.from(path).toString('base64url')

/** Everything that a tree can be made of, with modes and times of its own. */
const furnish = `
set -e
cd "$1/html"
mkdir -p shop/img empty closed
echo hello > shop/a.php && chmod 604 shop/a.php
ln shop/a.php shop/same.php
ln -s ../../../etc/passwd shop/away
ln -s a.php shop/near
mkfifo shop/pipe
truncate -s 2G shop/sparse
printf x > shop/"$(printf 'line\\nbreak')"
printf y > shop/"$(printf 'no\\377text')"
printf z > 'shop/-dash *?'
echo locked > closed/file && chmod 400 closed/file && chmod 555 closed
seq 200000 > shop/img/big
touch -d '2019-05-06 07:08:09.123456789' shop/a.php shop/img shop/img/big empty
touch -hd '2018-01-02 03:04:05' shop/near
echo 'memory_limit = 200M' > ../var/php.ini
mkdir -p ../cgi-data/kept && echo data > ../cgi-data/kept/one
`

/** What of a tree must be the same: kind, owner, mode, time, size, target, links, content. */
const describe = `
cd "$1" && find html cgi-data var -printf '%y %U:%G %m %T@ %s %n %l %P\\0' | sort -z | tr '\\0\\n' '\\n?'
find html cgi-data var -type f ! -name sparse -print0 | sort -z | xargs -0 sha256sum
`

test.group('BKP-01: backups on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('backup-tsukasa.jp', 4096)
  })
  group.teardown(async () => {
    await domain.remove(server.actor)
    await server.converge()
  })

  function asDomain(...argv: string[]) {
    const { uid } = domain
    return server.exec(['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...argv])
  }

  async function sh(script: string) {
    const { status, stdout, stderr } = await asDomain('sh', '-c', script, 'sh', domain.root)
    if (status) throw new Error(stderr)
    return stdout
  }

  async function looksOf(root: string) {
    const { stdout } = await server.exec(['sh', '-c', describe, 'sh', root])
    return stdout
  }

  async function isThere(path: string) {
    const { status } = await server.exec(['test', '-e', path])
    return status === 0
  }

  async function backUp(day: string) {
    const { id, computeNodeId } = server.server
    await queueBackup({ id, compute_node_id: computeNodeId }, day)
    await server.converge()
    return ContentBackup.findByOrFail({ domainId: domain.id, day })
  }

  async function looked(paths: string[], deletes = false) {
    const restore = await ContentRestore.begin(
      domain,
      { paths: paths.map(encoded), deletes },
      server.actor
    )
    await server.converge()
    return restore.refresh()
  }

  async function restored(paths: string[], deletes = false) {
    const restore = await looked(paths, deletes)
    await restore.confirm(server.actor)
    await server.converge()
    return restore.refresh()
  }

  test('BKP-01: the storage lies in another pool, is no larger than allowed, and shows each domain its own part', async ({
    assert,
  }) => {
    const source = async (path: string) => {
      const { stdout } = await server.exec(['findmnt', '-no', 'SOURCE', '-T', path])
      return stdout.trim()
    }
    const stored = await source(`${domain.root}/backup/contents`)
    const device = (text: string) => text.split('[')[0]
    assert.notEqual(device(stored), device(await source('/')))
    assert.notEqual(device(stored), device(await source(`${domain.root}/html`)))
    assert.include(stored, `/d${domain.id}]`)
    const compute = await computeFor(server.server)
    const usages = await compute.volumeUsages()
    const own = [...usages].find(([name]) => name.startsWith('backup-'))
    assert.equal(own?.[1].sizeBytes, server.server.diskGb * 2 ** 30)
  }).timeout(60_000)

  test('BKP-01: a backup is bit-identical, and so is what is restored of it', async ({
    assert,
  }) => {
    await sh(furnish)
    const before = await looksOf(domain.root)
    const backup = await backUp('2026-01-01')
    assert.equal(backup.state, 'done', backup.parts ?? backup.failure ?? '')
    assert.equal(await looksOf(`${domain.root}/backup/contents`), before)
    const { stdout: blocks } = await asDomain(
      ...['stat', '-c', '%b', `${domain.root}/backup/contents/html/shop/sparse`]
    )
    assert.isBelow(Number(blocks), 100)

    // What the holes cost is known by now.
    await sh('rm "$1/html/shop/sparse" "$1/backup/contents/html/shop/sparse"')
    await sh('touch -d "2021-01-01" "$1/html/shop" "$1/backup/contents/html/shop"')
    const rest = await looksOf(domain.root)
    await sh(`cd "$1" && chmod 700 html/closed && rm -rf html/* cgi-data/* && echo bad > html/new
      echo 'memory_limit = 1M' > var/php.ini`)
    const restore = await restored(['html', 'cgi-data', 'var'], true)
    assert.equal(restore.state, 'done', restore.outcome ?? restore.failure ?? '')
    assert.equal(await looksOf(domain.root), rest)
  }).timeout(120_000)

  test('BKP-01: the second backup brings only what changed, and what its owner did to it is overwritten', async ({
    assert,
  }) => {
    await sh(`cd "$1" && echo changed > html/shop/a.php && rm html/shop/near
      rm -rf backup/contents/cgi-data && ln -s /etc backup/contents/cgi-data
      chmod 0 backup/contents/html && chmod 0 backup/contents && echo own > html/fresh`)
    const before = await looksOf(domain.root)
    const backup = await backUp('2026-01-02')
    assert.equal(backup.state, 'done', backup.parts ?? '')
    assert.isBelow(Number(backup.changedBytes), 10_000)
    assert.equal(await looksOf(`${domain.root}/backup/contents`), before)
  }).timeout(120_000)

  test('BKP-01: what cannot be read is told by name, and the rest is backed up', async ({
    assert,
  }) => {
    await sh(`cd "$1" && echo secret > html/secret && chmod 0 html/secret && echo on > cgi-data/on`)
    const backup = await backUp('2026-01-03')
    assert.equal(backup.state, 'partial')
    assert.deepEqual(backup.partList[0].problems, [['unreadable', 'html/secret']])
    assert.equal(await sh('cat "$1/backup/contents/cgi-data/on"'), 'on\n')
    await sh('rm -f "$1/html/secret"')
  }).timeout(60_000)

  test('BKP-01: before a restore it is shown what is overwritten; nothing is written until then', async ({
    assert,
  }) => {
    await backUp('2026-01-04')
    await sh(`cd "$1/html" && echo vandal > shop/a.php && rm shop/img/big && echo mine > only-here`)
    const before = await looksOf(domain.root)
    const restore = await looked(['html', 'html/shop', 'cgi-bin/none'], true)
    assert.equal(restore.state, 'looked', restore.failure ?? '')
    assert.equal(await looksOf(domain.root), before)
    const [missing, html] = restore.planned!.parts
    assert.equal(missing.state, 'missing')
    assert.includeDeepMembers(
      [...html.names],
      [
        ['changed', 'html/shop/a.php'],
        ['new', 'html/shop/img/big'],
        ['deleted', 'html/only-here'],
      ]
    )
    assert.isAbove(html.needed, 1_000_000)

    await restore.confirm(server.actor)
    await server.converge()
    await restore.refresh()
    // What is missing never keeps the rest from coming back.
    assert.equal(restore.state, 'partial')
    assert.equal(await sh('cat "$1/html/shop/a.php"'), 'changed\n')
  }).timeout(120_000)

  test('BKP-01: one file comes back with the directories above it; what is beside it stays', async ({
    assert,
  }) => {
    await domain.load('server')
    const { value: listed } = await backupEntriesOf(domain, encoded('html/shop'))
    const names = listed!.entries.map(({ name, kind }) => [kind, name])
    assert.deepEqual(names[0], ['directory', 'img'])
    assert.includeDeepMembers(names, [
      ['file', 'a.php'],
      ['link', 'away'],
      ['other', 'pipe'],
      ['file', String.raw`line\nbreak`],
    ])
    for (const path of ['html/shop/away', 'html/none', '../conf', 'html/../..']) {
      const { value } = await backupEntriesOf(domain, encoded(path))
      assert.equal(value?.state, 'gone', path)
    }
    await sh(`cd "$1/html" && rm -rf shop/img && echo beside > shop/beside`)
    const restore = await restored(['html/shop/img/big'])
    assert.equal(restore.state, 'done', restore.outcome ?? restore.failure ?? '')
    assert.equal(
      await sh('tail -1 "$1/html/shop/img/big"; cat "$1/html/shop/beside"'),
      '200000\nbeside\n'
    )
  }).timeout(60_000)

  test('BKP-01: links on the way lead nowhere: not out of the backup, not out of the site', async ({
    assert,
  }) => {
    await sh(`cd "$1" && rm -rf html/shop && ln -s ../cgi-data html/shop
      rm -rf backup/contents/cgi-bin && ln -s /etc backup/contents/cgi-bin`)
    const restore = await restored(['html/shop/a.php', 'cgi-bin/passwd'])
    assert.deepEqual(
      restore.outcomes.map(({ shown, state }) => [shown, state]),
      [
        ['cgi-bin/passwd', 'missing'],
        ['html/shop/a.php', 'blocked'],
      ]
    )
    assert.equal(await sh('ls "$1/cgi-data"; ls "$1/cgi-bin"'), 'kept\non\n')
    // The link itself is in nobody's way when all of it is chosen.
    const whole = await restored(['html/shop'])
    assert.equal(whole.state, 'done', whole.outcome ?? '')
    assert.equal(await sh('cat "$1/html/shop/a.php"'), 'changed\n')
  }).timeout(60_000)

  test('BKP-01: a full domain is told before anything is written, and one that fills up meanwhile gets no half file', async ({
    assert,
  }) => {
    await sh(`cd "$1/html" && head -c 300M /dev/urandom > shop/huge`)
    await backUp('2026-01-05')
    await sh('rm "$1/html/shop/huge"')
    const tooLate = await looked(['html/shop/huge'])
    assert.isTrue(tooLate.hasRoom)
    await sh('fallocate -l 3900M "$1/html/filler"')
    await tooLate.confirm(server.actor)
    await server.converge().catch(() => {})
    await tooLate.refresh()
    assert.equal(tooLate.state, 'failed', tooLate.outcome ?? '')
    assert.equal(await sh('ls -A "$1/html/shop" | grep huge || true'), '')

    await server.exec(['sync', '-f', `${domain.root}/html`])
    const restore = await looked(['html/shop/huge'])
    assert.isFalse(restore.hasRoom)
    await assert.rejects(() => restore.confirm(server.actor), /has_no_room/)
    await sh('rm "$1/html/filler"')
  }).timeout(120_000)

  test('BKP-01: killed in the middle, it goes on, and no file is half', async ({ assert }) => {
    await sh(
      'cd "$1" && rm -rf html/many && mkdir html/many && cd html/many && seq 3000 | split -l 1 -a 4'
    )
    const { id, computeNodeId } = server.server
    await queueBackup({ id, compute_node_id: computeNodeId }, '2026-01-06')
    const victims = [
      ['pkill', '-KILL', '-x', 'rsync'],
      ['pkill', '-KILL', '-f', 'python3 -u -c'],
    ]
    const over = server.converge().then(() => (victims.length = 0))
    for (; victims.length > 0; await wait(20)) {
      const { status } = await server.exec(victims[0])
      if (status === 0) victims.shift()
    }
    await over
    const cutOff = await ContentBackup.findByOrFail({ domainId: domain.id, day: '2026-01-06' })
    assert.include(['done', 'partial'], cutOff.state)
    await cutOff.delete()
    const backup = await backUp('2026-01-06')
    assert.equal(backup.state, 'done', backup.parts ?? '')
    const list = (root: string) => sh(`cd "$1/${root}" && find . -type f | sort | xargs sha256sum`)
    assert.equal(await list('backup/contents/html/many'), await list('html/many'))
  }).timeout(120_000)

  test('BKP-01: without its storage nothing is backed up onto the own disk, and that is told', async ({
    assert,
  }) => {
    await server.exec(['umount', '-l', `${domain.root}/backup/contents`])
    await server.exec(['mv', '/etc/tsukasa/backup.py', '/etc/tsukasa/backup.py.away'])
    const backup = await backUp('2026-01-07')
    await server.exec(['mv', '/etc/tsukasa/backup.py.away', '/etc/tsukasa/backup.py'])
    assert.equal(backup.failure, 'no_storage')
    const next = await backUp('2026-01-08')
    assert.equal(next.state, 'done')
  }).timeout(60_000)

  test('BKP-01: a domain that is deleted meanwhile takes its backup with it and keeps no other from it', async ({
    assert,
  }) => {
    const other = await server.addDomain('backup-gone-tsukasa.jp', 512)
    await backUp('2026-01-09')
    const place = `/data/backup/d${other.id}`
    assert.isTrue(await isThere(`${place}/html/index.html`))
    await queueBackup(
      { id: server.server.id, compute_node_id: server.server.computeNodeId },
      '2026-01-10'
    )
    await other.remove(server.actor)
    await server.converge()
    assert.isFalse(await isThere(place))
    const backup = await ContentBackup.findByOrFail({ domainId: domain.id, day: '2026-01-10' })
    assert.equal(backup.state, 'done')
    assert.equal(BackUpServer.takesLong, true)
  }).timeout(120_000)

  test('BKP-01: a file that seems larger than the disk it lies on is told and held up nobody: not on the day on which content is compared, and not in a restore', async ({
    assert,
  }) => {
    await sh('cd "$1/html"; truncate -s 1E huge; mkdir -p beside; echo beside > beside/file')
    // A week has every remainder, so one of these days is the one of this domain.
    const days = ['02', '03', '04', '05', '06', '07', '08'].map((each) => `2031-03-${each}`)
    const thorough = days.find((day) => new Date(`${day}T00:00:00Z`).getUTCDay() === domain.id % 7)!
    const start = Date.now()
    const backup = await backUp(thorough)
    assert.equal(backup.state, 'partial')
    const html = backup.partList.find(({ name }) => name === 'html')!
    assert.deepInclude(html.problems, ['large', 'html/huge'])
    assert.isTrue(await isThere(`${domain.root}/backup/contents/html/beside/file`))
    assert.isFalse(await isThere(`${domain.root}/backup/contents/html/huge`))
    await sh(
      'cd "$1/html"; rm huge; cd ../backup/contents/html; truncate -s 1E huge; echo mine > beside/file'
    )
    const restore = await restored(['html'])
    assert.include(['done', 'partial'], restore.state)
    assert.equal(await sh('cat "$1/html/beside/file"; rm "$1/backup/contents/html/huge"'), 'mine\n')
    assert.isBelow(Date.now() - start, 60_000)
  }).timeout(90_000)
})
