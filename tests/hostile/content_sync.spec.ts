import { spawn } from 'node:child_process'
import { once as emitted } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { computeFor } from '#compute/index'
import ContentSync from '#models/content_sync'
import type Domain from '#models/domain'
import StagingChange from '#models/staging_change'
import { as } from '#tests/servers/web/settings'
import { testServer, type TestServer } from '#tests/support/test_server'

const name = 'forged-sync.jp'

/**
 * In place of rsync on the server that sends, for a hacked one: what passes through it is changed as `mode` says. Names in a
 * list of files are sent as they are, so others of the same length take their place.
 */
const forger = `#!/usr/bin/python3 -I
import os, subprocess, sys, threading
mode = open("/usr/local/forged").read().strip()
real = ["/usr/bin/rsync.real", *sys.argv[1:]]
def forever(part):
    while True:
        os.write(1, part)
if mode == "noise":
    forever(os.urandom(65536))
if mode == "version":
    os.write(1, b"\\x1f\\0\\0\\0")
    forever(b"\\xff" * 65536)
if mode == "zeros":
    os.write(1, b"\\x1f\\0\\0\\0")
    forever(bytes(65536))
CHANGES = {
    "above": (b"AAxAAxevil.txt", b"../../evil.txt"),
    "absolute": (b"BBBBBBBBBBBBBBBevil.txt", b"/data/domain/../evil.txt"[:23]),
    "through": (b"outZevil.txt", b"out/evil.txt"),
    "short": (b"", b""),
}
old, new = CHANGES[mode]
assert len(old) == len(new)
sender = subprocess.Popen(real, stdout=subprocess.PIPE)
rest, sent = b"", 0
while part := sender.stdout.read1(65536):
    rest += part
    if old:
        rest = rest.replace(old, new)
    # What may go on in the next part stays behind, unless the other end waits for it
    os.write(1, rest)
    sent += len(rest)
    rest = b""
    if mode == "short" and sent > 1000000:
        sender.kill()
        break
`

/** Names and contents of a site. */
const sides = `cd "$0" && find html html.stage \\( -type f -printf '%p %m %s\\n' -o -printf '%p %y %m %l\\n' \\) | sort
find html html.stage -type f -size -1M -print0 | sort -z | xargs -0 sha256sum`

/** Whatever else a stream could have made or left. */
const beside = `cd "$0" && find cgi-bin cgi-data var tmp conf/staging \\( -type f -printf '%p %m %s\\n' -o -printf '%p %y %m %l\\n' \\) | grep -v -e staging/last -e staging/lock | sort
find / -xdev -name 'evil*' 2>/dev/null; find /data -name 'evil*' -not -path '*/html/*' -not -path '*/html.stage/*'`

test.group('WEB-08: content sync when things go as badly as they can', (group) => {
  let from: TestServer
  let to: TestServer
  let source: Domain
  let target: Domain
  const forged = (mode: string) => from.exec(['sh', '-c', `echo ${mode} > /usr/local/forged`])

  group.setup(async () => {
    to = await testServer()
    from = await to.another()
    source = await from.addDomain(name, 256)
    target = await to.addDomain(name, 256)
    const old = `cd "$0" && echo old > html/index.html && echo next > html.stage/index.html && echo kept > cgi-data/kept`
    await to.exec(as(target, 'sh', '-c', old, target.root))
    const fresh = `cd "$0/html" && echo new > index.html && head -c 40M /dev/urandom > huge && echo x > AAxAAxevil.txt && echo x > BBBBBBBBBBBBBBBevil.txt && ln -s ../cgi-data out && echo x > outZevil.txt`
    const made = await from.exec(as(source, 'sh', '-c', fresh, source.root))
    if (made.status) throw new Error(made.stderr)
  })
  group.teardown(async () => {
    await target.remove(to.actor)
    await to.converge()
  })

  async function there() {
    const { stdout } = await to.exec(['sh', '-c', sides, target.root])
    return stdout
  }

  async function outside() {
    const { stdout } = await to.exec(['sh', '-c', beside, target.root])
    return stdout
  }

  async function begin() {
    const seen = await StagingChange.lastIdOf(target.id)
    return ContentSync.begin({ source, target }, seen, to.actor)
  }

  async function over(sync: ContentSync) {
    await to.converge().catch(() => {})
    return asItIs(sync)
  }

  function asItIs(sync: ContentSync) {
    return ContentSync.query().where('id', sync.id).preload('change').preload('swap').firstOrFail()
  }

  const shown = async () => {
    const { body } = await to.http(name, '/index.html')
    return body.trim()
  }

  /** So much that there is time to do something meanwhile, and nothing of it is there already. */
  function grow(megabytes: number) {
    const script = `head -c ${megabytes}M /dev/urandom > "$0/html/huge"`
    return from.exec(as(source, 'sh', '-c', script, source.root))
  }

  /** A worker of its own, which is killed then. */
  async function workUntil(enough: () => Promise<unknown>) {
    const script = app.makePath('tests/support/worker_to_kill.ts')
    const worker = spawn(process.execPath, ['--import', '@poppinss/ts-exec', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, LEASE_MS: '3000' },
      cwd: app.makePath(),
    })
    const gone = emitted(worker, 'exit')
    await Promise.race([enough(), gone]).finally(() => worker.kill('SIGKILL'))
    await gone
  }

  async function nothingWaits() {
    const kinds = ['prepare_staging', 'publish_content_sync', 'converge_server', 'tidy_staging']
    const waiting = () =>
      db.from('tasks').whereIn('kind', kinds).whereIn('state', ['queued', 'running']).first()
    while (await waiting()) await wait(50)
  }

  /** As soon as bytes come. */
  async function inTheMiddle() {
    const look = `find ${target.root}/conf/staging -name '.huge.*' -size +1M`
    for (let count = 0; count < 600; count++) {
      const { stdout } = await to.exec(['sh', '-c', look])
      if (stdout) return
      await wait(20)
    }
    throw new Error('it was never seen in the middle')
  }

  test('WEB-08, security.md 1.4: a forged stream of a hacked server writes nothing outside, publishes nothing and ends', async ({
    assert,
  }) => {
    const [before, around] = [await there(), await outside()]
    const put = `mv /usr/bin/rsync /usr/bin/rsync.real && cat > /usr/bin/rsync && chmod 755 /usr/bin/rsync`
    await from.exec(['sh', '-c', put], forger)
    try {
      for (const mode of ['above', 'absolute', 'noise', 'zeros', 'short', 'through']) {
        await forged(mode)
        const began = performance.now()
        const begun = await begin()
        // Tried again it is the same
        await db.from('tasks').where('state', 'queued').update({ max_attempts: 1 })
        const sync = await over(begun)
        assert.isBelow(performance.now() - began, 40_000, mode)
        assert.equal(await outside(), around, mode)
        // A name below a link is refused, or taken for one within the directory
        if (mode === 'through') continue
        assert.equal(sync.state, 'failed', mode)
        assert.equal(await there(), before, mode)
        assert.equal(await shown(), 'old', mode)
      }
    } finally {
      await from.exec(['mv', '/usr/bin/rsync.real', '/usr/bin/rsync'])
    }
  }).timeout(200_000)

  test('WEB-08: a worker killed in the middle of a transfer changes nothing; the next one goes on with it', async ({
    assert,
  }) => {
    await grow(80)
    const before = await there()
    const sync = await begin()
    await workUntil(inTheMiddle)
    assert.equal(await there(), before)
    const half = await asItIs(sync)
    assert.equal(half.change.state, 'copying')
    await workUntil(nothingWaits)
    const ended = await asItIs(sync)
    assert.equal(ended.state, 'done', `${ended.problem}`)
    assert.equal(await shown(), 'new')
    const left = `stat -c %s "$0/html/huge"; ls "$0/conf/staging" | grep -v -e last -e lock; pgrep rsync`
    const { stdout } = await to.exec(['sh', '-c', left, target.root])
    assert.equal(stdout.trim(), String(80 * 2 ** 20))
  }).timeout(280_000)

  test('WEB-08: a file with holes of exabytes is refused at once, whoever would have to read it', async ({
    assert,
  }) => {
    const before = await there()
    await from.exec(as(source, 'truncate', '-s', '1E', `${source.root}/html/hole`))
    const sync = await over(await begin())
    await from.exec(as(source, 'rm', `${source.root}/html/hole`))
    assert.equal(sync.problem, 'source_too_large')
    assert.equal(await there(), before)
  })

  test('WEB-08: the server that sends is deleted in the middle: nothing changes, and it is said', async ({
    assert,
  }) => {
    await grow(100)
    const [before, visible] = [await there(), await shown()]
    const sync = await begin()
    const ended = over(sync)
    await inTheMiddle()
    const compute = await computeFor(from.server)
    await compute.delete()
    const { problem } = await ended
    assert.equal(problem, 'source_unreachable')
    assert.equal(await there(), before)
    assert.equal(await shown(), visible)
  }).timeout(280_000)
})
