import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { agentProgram } from '#convergence/agent/program'
import ContentSync from '#models/content_sync'
import type Domain from '#models/domain'
import StagingChange from '#models/staging_change'
import { HastyVisitors } from '#tests/support/hasty_visitors'
import { testServer, type Outcome, type TestServer } from '#tests/support/test_server'

const name = 'sync-tsukasa.jp'

/** Everything of a tree that a copy of it must have as well, one line each; by another program than the one that copies. */
const listed = `
import hashlib, os, stat, sys
os.chdir(sys.argv[1])
seen = {}
paths = [b"."]
for over, directories, files in os.walk(b"."):
    paths += [os.path.join(over, each) for each in directories + files]
for path in sorted(paths):
    s = os.lstat(path)
    kind = stat.S_IFMT(s.st_mode)
    if kind not in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK) or s.st_mode & 0o777 == 0:
        continue
    owner = "own" if s.st_uid == s.st_gid == int(sys.argv[2]) else f"{s.st_uid}:{s.st_gid}"
    line = [path, oct(s.st_mode), owner, s.st_mtime_ns]
    if kind == stat.S_IFREG:
        first = seen.setdefault(s.st_ino, path)
        with open(path, "rb") as file:
            line += [s.st_size, hashlib.file_digest(file, "sha256").hexdigest(), first]
    if kind == stat.S_IFLNK:
        line.append(os.readlink(path))
    print(*line)
`

/** What sites have, and what they should not have. */
const make = `
set -e
cd "$1/html"
chmod -R u+rwX . && rm -rf ./* ./.[!.]*
echo first > index.html
echo "<?php echo 'first';" > page.php
head -c 6000000 /dev/urandom > large.bin
mkdir -p deep/er && echo x > deep/er/file && chmod 2750 deep && chmod 600 deep/er/file
ln deep/er/file deep/twin
ln -s deep/er near && ln -s /etc/passwd far && ln -s nowhere dangling
mkdir .hidden && echo y > .hidden/.htaccess
printf odd > "$(printf 'new\\nline \\377 "quoted" \\\\#012')"
echo z > -rf && echo z > "--delete" && echo z > 'a b;$(id)'
truncate -s 30M sparse && touch -d '1999-12-31 23:59:59.123456789' sparse
for i in $(seq 40); do echo $i > deep/$i.txt; done
touch -d '2001-02-03 04:05:06' deep/er deep near -h
mkfifo fifo && echo secret > unreadable && chmod 000 unreadable
`

test.group('WEB-08: content sync on two real servers', (group) => {
  let from: TestServer
  let to: TestServer
  let source: Domain
  let target: Domain
  group.setup(async () => {
    from = await testServer()
    to = await from.another()
    source = await from.addDomain(name, 256)
    target = await to.addDomain(name, 256)
  })
  group.each.setup(async () => {
    const made = await asDomain(from, source, 'sh', '-c', make, 'sh', source.root)
    if (made.status) throw new Error(made.stderr)
    const old = `cd "$0" && rm -rf html/* html.stage/* cgi-bin/* && echo old > html/index.html && echo stale > html/stale.html && echo next > html.stage/index.html && mkdir html/large.bin && echo kept > cgi-bin/kept.cgi`
    await asDomain(to, target, 'sh', '-c', old, target.root)
  })
  group.teardown(async () => {
    await source.remove(from.actor)
    await from.converge()
  })

  function asDomain(server: TestServer, { uid }: Domain, ...argv: string[]): Promise<Outcome> {
    const become = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
    return server.exec([...become, ...argv])
  }

  async function tree(server: TestServer, { root, uid }: Domain, side = 'html') {
    const program = ['python3', '-c', listed, `${root}/${side}`, String(uid)]
    const { status, stdout, stderr } = await server.exec(program)
    if (status) throw new Error(stderr)
    return stdout
  }

  async function begin() {
    const seen = await StagingChange.lastIdOf(target.id)
    return ContentSync.begin({ source, target }, seen, from.actor)
  }

  async function over(sync: ContentSync) {
    await to.converge().catch(() => {})
    return ContentSync.query().where('id', sync.id).preload('change').preload('swap').firstOrFail()
  }

  const shown = async () => {
    const { body } = await to.http(name, '/index.html')
    return body.trim()
  }

  const leftovers = async () => {
    const { stdout } = await to.exec(['ls', `${target.root}/conf/staging`])
    return stdout
      .trim()
      .split('\n')
      .filter((each) => each !== 'last' && each !== 'lock')
  }

  test('WEB-08: the other server has the same, visitors get the old and then the new, and only differences travel', async ({
    assert,
  }) => {
    const visitors = new HastyVisitors(to, name, ['/index.html'])
    await wait(200)
    const first = await over(await begin())
    await wait(200)
    await visitors.leave()
    assert.equal(first.state, 'done', `${first.problem}`)
    assert.deepEqual(visitors.failed, [])
    assert.deepEqual(visitors.told('/index.html'), ['200 old', '200 first'])
    assert.equal(await tree(to, target), await tree(from, source))
    assert.isAbove(Number(first.travelled), 6_000_000)
    assert.isBelow(Number(first.travelled), 40_000_000)
    assert.deepEqual([...first.leftOutNames].toSorted(), ['fifo', 'unreadable'])
    assert.equal(first.change.skipped, 2)
    // What was public is on staging, as after every swap, and programs are as they were.
    const stage = await to.http(name, '/stale.html', { port: 11180 })
    assert.equal(stage.body.trim(), 'stale')
    const { stdout } = await to.exec(['cat', `${target.root}/cgi-bin/kept.cgi`])
    assert.equal(stdout.trim(), 'kept')

    const change = `cd "$0/html" && printf more >> large.bin && touch -r page.php index.html && printf FIRST | dd of=index.html conv=notrunc status=none && touch -r page.php index.html && rm -r deep/er && mv deep/5.txt deep/moved`
    await asDomain(from, source, 'sh', '-c', change, source.root)
    const second = await over(await begin())
    assert.equal(second.state, 'done')
    assert.equal(await tree(to, target), await tree(from, source))
    assert.isBelow(Number(second.travelled), 200_000)
    assert.deepEqual(await leftovers(), [])
  }).timeout(120_000)

  test('WEB-08: cut off in the middle, by either server or the worker: nothing is changed, and it is gone on with', async ({
    assert,
  }) => {
    await asDomain(
      from,
      source,
      'sh',
      '-c',
      'head -c 50M /dev/urandom > "$0/html/huge"',
      source.root
    )
    const before = [await tree(to, target), await tree(to, target, 'html.stage')]
    for (const [server, role] of [
      [from, '--sender'],
      [to, '-rlptHSc'],
    ] as const) {
      const sync = await begin()
      const cutting = cutOff(server, role)
      const done = over(sync)
      await cutting
      assert.equal(await shown(), 'old')
      const ended = await done
      assert.equal(ended.state, 'done', `${ended.problem}`)
      assert.equal(await tree(to, target), await tree(from, source))
      await ended.swap.refresh()
      await StagingChange.begin(
        target,
        { kind: 'swap', copiesFirst: false, seen: ended.swapId! },
        from.actor
      )
      await to.converge()
      assert.equal(await tree(to, target), before[0])
    }
    assert.deepEqual(await leftovers(), [])
  }).timeout(180_000)

  /** As soon as bytes come. */
  async function cutOff(server: TestServer, role: string) {
    for (let count = 0; count < 400; count++) {
      const { stdout } = await to.exec([
        'sh',
        '-c',
        `find ${target.root}/conf/staging -name '.huge.*' -size +1M`,
      ])
      if (stdout) return server.exec(['sh', '-c', `kill -9 $(pgrep -f -- "rsync.* ${role}")`])
      await wait(20)
    }
    throw new Error('it was never seen in the middle')
  }

  test('WEB-08: a source that cannot be reached, is empty, or goes meanwhile: nothing is changed, and it is said', async ({
    assert,
  }) => {
    const before = [await tree(to, target), await tree(to, target, 'html.stage')]
    const unchanged = async () => {
      assert.deepEqual([await tree(to, target), await tree(to, target, 'html.stage')], before)
      assert.deepEqual(await leftovers(), [])
    }
    const { id, sshPort } = from.server
    await db.from('servers').where('id', id).update({ ssh_port: 9 })
    const lost = await over(await begin())
    await db.from('servers').where('id', id).update({ ssh_port: sshPort })
    assert.equal(lost.problem, 'source_unreachable')
    await unchanged()
    await asDomain(
      from,
      source,
      'sh',
      '-c',
      'cd "$0/html" && chmod -R u+rwX . && rm -rf ./* ./.[!.]*',
      source.root
    )
    const empty = await over(await begin())
    assert.equal(empty.problem, 'source_empty')
    await unchanged()
    const sync = await begin()
    await db.from('domains').where('id', source.id).update({ deleted_at: '2026-01-01 00:00:00' })
    const gone = await over(sync)
    await db.from('domains').where('id', source.id).update({ deleted_at: null })
    assert.equal(gone.problem, 'source_gone')
    await unchanged()
  }).timeout(120_000)

  test('WEB-08: no room at the target: nothing is changed, and it is said', async ({ assert }) => {
    await asDomain(
      from,
      source,
      'sh',
      '-c',
      'head -c 150M /dev/urandom > "$0/html/huge"',
      source.root
    )
    await asDomain(to, target, 'sh', '-c', 'head -c 150M /dev/urandom > "$0/html/own"', target.root)
    const before = [await tree(to, target), await tree(to, target, 'html.stage')]
    const sync = await over(await begin())
    assert.equal(sync.problem, 'no_room')
    assert.deepEqual([await tree(to, target), await tree(to, target, 'html.stage')], before)
    assert.deepEqual(await leftovers(), [])
    assert.equal(await shown(), 'old')
    await asDomain(to, target, 'rm', `${target.root}/html/own`)
  }).timeout(120_000)

  test('WEB-08, security.md 1.4: what a stream could make rsync do reaches nothing but the one directory', async ({
    assert,
  }) => {
    await to.exec(['mkdir', '-m', '700', `${target.root}/conf/staging/change-999999999`])
    const attack = `
id -u; touch here && echo inside
for path in /data ${target.root}/html /tmp /var/tmp /dev/shm /run /home /etc /usr/local; do
  touch $path/outside 2> /dev/null && echo "outside: $path"
done
ls /data /proc /run /home | grep -v : | grep . && echo seen
cat /etc/shadow /etc/tsukasa/agent/* 2> /dev/null && echo read
kill -0 -1 2> /dev/null && echo others
python3 -c 'import socket; socket.create_connection(("${from.address}", 80), 3)' 2> /dev/null && echo network
mount -t tmpfs none /mnt 2> /dev/null && echo mounted
echo end`
    const program = `${agentProgram()
      .toString()
      .replace(/\nmain\(\)\s*$/, '\n')}
attack = sys.stdin.read()
with Site("${name}") as site:
    os.close(make_own(site, f"{site.work}/change-999999999/html"))
    for writable, path in ((True, f"{site.work}/change-999999999/html"), (False, f"{site.root}/html")):
        print(status_of(run_confined(site, path, writable, lambda: None, ["/bin/sh", "-c", attack])), flush=True)
`
    const sent = `import sys\nsize = int(sys.stdin.readline())\nsource = sys.stdin.read(size)\nexec(compile(source, "agent", "exec"), {"__name__": "agent", "SOURCE": source})`
    const { stdout, stderr } = await to.exec(
      ['python3', '-c', sent],
      `${program.length}\n${program}${attack}`
    )
    const uid = String(target.uid)
    assert.deepEqual(
      stdout.trim().split('\n'),
      [uid, 'inside', 'end', '0', uid, 'end', '0'],
      stderr
    )
    await to.exec(['rm', '-r', `${target.root}/conf/staging/change-999999999`])
  }).timeout(60_000)

  test('WEB-08: links of a hostile source or an unlucky target lead nothing out of html.stage', async ({
    assert,
  }) => {
    const trap = `cd "$0" && rm -rf html/deep && mkdir -p tmp/own && echo safe > tmp/own/1.txt && ln -s ../tmp/own html/deep && ln -s ../var html/large.bin2`
    await asDomain(to, target, 'sh', '-c', trap, target.root)
    await asDomain(
      from,
      source,
      'sh',
      '-c',
      `cd "$0/html" && ln -s ${target.root}/var out && ln -s ../../.. up`,
      source.root
    )
    const sync = await over(await begin())
    assert.equal(sync.state, 'done', `${sync.problem}`)
    assert.equal(await tree(to, target), await tree(from, source))
    const { stdout } = await to.exec([
      'sh',
      '-c',
      `cat ${target.root}/tmp/own/*; ls ${target.root}/tmp/own`,
    ])
    assert.equal(stdout, 'safe\n1.txt\n')
  }).timeout(60_000)
})
