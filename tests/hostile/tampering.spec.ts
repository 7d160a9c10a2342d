import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import mail from '@adonisjs/mail/services/main'
import type Domain from '#models/domain'
import TamperLook from '#models/tamper_look'
import TamperWatch from '#models/tamper_watch'
import { beginDueLooks } from '#models/tamper_watch/due'
import { as } from '#tests/servers/web/settings'
import { testServer, type TestServer } from '#tests/support/test_server'

/**
 * What a hacked site does while it is looked at: names that are something else each time, pipes, leases, files without an
 * end, directories that come and go, and one that it wants nobody to see.
 */
const saboteur = `
import fcntl, itertools, os, signal, sys, threading, time
os.chdir(sys.argv[1])
until = time.monotonic() + float(sys.argv[2])

def again(work):
    def loop():
        for count in itertools.count():
            if time.monotonic() > until:
                return
            try:
                work(count)
            except OSError:
                pass
    threading.Thread(target=loop).start()

def other(path, ways):
    def work(count):
        ways[count % len(ways)](path + b".new")
        os.rename(path + b".new", path)
    again(work)

def file(path):
    with open(path, "wb") as made:
        made.write(b"<?php mine();")

def exchange(count):
    os.rename(b"html/real", b"html/away")
    os.symlink(b"/etc", b"html/real")
    os.unlink(b"html/real")
    os.rename(b"html/away", b"html/real")

signal.signal(signal.SIGIO, signal.SIG_IGN)
other(b"html/secret", [file, lambda path: os.symlink(b"/etc/passwd", path), os.mkfifo])
other(b"html/deep/shadow", [file, lambda path: os.symlink(b"/etc/shadow", path), lambda path: os.symlink(b"/proc/self/environ", path)])
again(exchange)
again(lambda count: (os.mkdir(b"html/d%d" % (count % 50)), os.rmdir(b"html/d%d" % (count % 50))))
growing = open("html/endless.php", "ab")
again(lambda count: growing.write(b"x" * 65536) if growing.tell() < 64 << 20 else os.truncate("html/endless.php", 0))
leased = os.open("html/leased.php", os.O_RDWR | os.O_CREAT)
again(lambda count: fcntl.fcntl(leased, fcntl.F_SETLEASE, fcntl.F_WRLCK) or time.sleep(0.01))
print("under way", flush=True)
`

test.group('WEB-07: a site that hides from tamper detection', (group) => {
  let server: TestServer
  let domain: Domain
  let beside: Domain

  group.tap((each) => each.timeout(120_000))
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('hostile-tamper.jp', 256)
    beside = await server.addDomain('beside-tamper.jp', 64)
    mail.fake()
    await run(
      'mkdir -p html/real html/deep && echo 1 > html/real/page.php && echo 1 > html/index.php'
    )
    const wish = { enabled: true, minute: 210, addresses: ['w@example.com'], keepsBaseline: true }
    await TamperWatch.set(domain, wish, server.actor)
    await server.converge()
  })
  group.teardown(async () => {
    mail.restore()
    for (const each of [domain, beside]) await each.remove(server.actor)
    await server.converge()
  })

  async function run(script: string) {
    const done = await server.exec(as(domain, 'bash', '-c', `cd ${domain.root} && ${script}`))
    if (done.status) throw new Error(done.stderr)
    return done.stdout
  }

  /** As the clock does, a day later. */
  async function daily(): Promise<TamperLook> {
    await db.from('tamper_watches').update({ next_look_at: '2026-01-01 00:00:00.000' })
    await beginDueLooks(new Date())
    await server.converge()
    return TamperLook.query().where('domainId', domain.id).orderBy('id', 'desc').firstOrFail()
  }

  const namesOf = ({ findings }: TamperLook) =>
    (findings?.findings ?? []).map(({ state, directory, name }) => `${state} ${directory}/${name}`)

  test('WEB-07, security.md 1.4: whatever changes places while it is looked at, nothing of others is read, and the look ends', async ({
    assert,
  }) => {
    await run('echo "<?php evil();" > html/evil.php')
    const argv = ['python3', '-c', saboteur, domain.root, '10']
    const sabotage = server.exec(as(domain, ...argv))
    for (let time = 0; time < 3; time++) {
      const began = performance.now()
      const look = await daily()
      assert.equal(look.state, 'done', `${look.failure}`)
      assert.isBelow(performance.now() - began, 30_000)
      // What he hides behind all that is told each time
      assert.include(namesOf(look), 'added html/evil.php')
      assert.notMatch(JSON.stringify(look.findings), /root:|daemon:|PATH=|\$y\$/)
    }
    const { stdout, stderr } = await sabotage
    assert.include(stdout, 'under way', stderr)
    await run('rm -rf html/[!ir]* html/evil.php')
  })

  test('WEB-07: names that are none of a person’s, holes of exabytes, too many in one place: told in bounds', async ({
    assert,
  }) => {
    await run(`cd html && printf x > "$(printf 'a\\nBcc: x@example.com\\033[2J.php')" && printf x > "$(printf '\\377\\376<script>.php')" \
      && truncate -s 1E huge.bin && ln -s "$(printf 'x%.0s' $(seq 4000))" long.php && mkfifo pipe.php \
      && mkdir many && cd many && seq 20000 | xargs touch && cd .. && mkdir -p "$(printf 'd/%.0s' $(seq 250))"`)
    const look = await daily()
    assert.equal(look.state, 'done', `${look.failure}`)
    assert.isAbove(look.added, 20_000)
    const { findings, unlisted } = look.findings!
    assert.isAtMost(findings.length, 500)
    assert.isAbove(unlisted, 19_000)
    assert.isFalse(findings.some(({ name: each }) => /\p{Cc}/u.test(each)))
    const names = namesOf(look)
    assert.include(names, String.raw`added html/a\nBcc: x@example.com\x1b[2J.php`)
    assert.include(names, 'added html/long.php')
    assert.isAbove(look.unread, 0)
    await run('rm -rf html/* && echo 1 > html/index.php')
  })

  test('WEB-07: a hard link to another domain’s file is not made, and his baseline is out of reach', async ({
    assert,
  }) => {
    const write = [
      'bash',
      '-c',
      `echo secret > ${beside.root}/html/own && chmod 644 ${beside.root}/html/own`,
    ]
    await server.exec(as(beside, ...write))
    const tries = [
      `ln ${beside.root}/html/own html/stolen`,
      'ln /etc/passwd html/stolen',
      'ls conf/tamper',
      'mv conf/tamper html/',
      'mv conf conf.old',
      'rm -rf conf/tamper',
    ]
    for (const attack of tries) {
      const { status } = await server.exec(
        as(domain, 'bash', '-c', `cd ${domain.root} && ${attack}`)
      )
      assert.notEqual(status, 0, attack)
    }
    const look = await daily()
    assert.isNull(look.baseline)
    assert.notInclude(namesOf(look).join(), 'stolen')
  })
})
