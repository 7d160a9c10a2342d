import { test } from '@japa/runner'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { deliver, empty, messages } from '#tests/mail/delivery'
import { setMail } from '#tests/mail/settings'
import { testServer, type TestServer } from '#tests/support/test_server'

test.group('The script of a mail user', (group) => {
  let server: TestServer
  let domain: Domain
  let taro: Mailbox
  let home: string
  const to = 'taro@script-test.jp'
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('script-test.jp')
    taro = await server.addMailbox(domain, 'taro')
    home = `${domain.root}/home/taro`
    await setMail(server, taro, { columns: { user_script: true } })
  })
  group.each.setup(async () => {
    await empty(server, to)
    await as(['rm', '-rf', `${home}/data/myscript`, `${home}/data/out`])
  })

  /** As the user himself, as SFTP will do it. */
  const as = (argv: readonly string[], input = '') => {
    const ids = ['--reuid', String(taro.uid), '--regid', String(domain.uid), '--clear-groups']
    return server.exec(['setpriv', ...ids, ...argv], input)
  }
  const write = async (text: string, mode = '0700') => {
    const path = `${home}/data/myscript`
    await as(['sh', '-c', 'cat > "$1" && chmod "$2" "$1"', 'sh', path, mode], text)
  }
  const out = async () => {
    const { stdout } = await as(['cat', `${home}/data/out`])
    return stdout
  }
  /** The message was delivered, whatever the script did; in how many seconds. */
  const delivered = async (body = 'text') => {
    const before = await messages(server, to)
    const start = Date.now()
    const answer = await deliver(server, { to, body })
    const seconds = (Date.now() - start) / 1000
    const after = await messages(server, to, { atLeast: before.length + 1 })
    return { answer, seconds, count: after.length - before.length }
  }
  const lines = async () => {
    const text = await out()
    return text.trimEnd().split('\n')
  }
  const running = async () => {
    const { stdout } = await server.exec(['ps', '-o', 'args=', '-U', String(taro.uid)])
    return stdout.split('\n').filter((line) => line && !line.includes('dovecot/'))
  }

  test('MAIL-09: gets each message on stdin, as the user himself, at home', async ({ assert }) => {
    await write(`#!/bin/sh
{ id -u; id -g; id -G; pwd; echo "$HOME $USER"; grep Cap /proc/self/status; grep NoNewPrivs /proc/self/status; cat; } > data/out
`)
    const { answer, count } = await delivered('line one\n.\nline three')
    assert.match(answer, /^250/)
    assert.equal(count, 1)
    const [uid, gid, groups, place, who, ...rest] = await lines()
    assert.equal(uid, String(taro.uid))
    assert.equal(gid, String(domain.uid))
    assert.equal(groups, String(domain.uid))
    assert.equal(place, home)
    assert.equal(who, `${home} ${to}`)
    const text = rest.join('\n')
    assert.match(text, /CapEff:\s+0+\n/)
    assert.match(text, /NoNewPrivs:\s+1\n/)
    assert.include(text, `To: <${to}>`)
    assert.include(text, '\nline one\n.\nline three')
    assert.notInclude(text, '\r')
  })

  test('MAIL-09: is ended after 10 seconds with all that it started, and the mail arrives', async ({
    assert,
  }) => {
    await write(`#!/bin/sh
echo begun > data/out
(setsid sh -c 'trap "" TERM HUP; exec sleep 300' &)
nohup sleep 301 >/dev/null 2>&1 &
trap '' TERM
while :; do sleep 1; done
`)
    const { answer, seconds, count } = await delivered()
    assert.match(answer, /^250/)
    assert.equal(count, 1)
    assert.isAtLeast(seconds, 9.5)
    assert.isBelow(seconds, 14)
    assert.equal(await out(), 'begun\n')
    await server.exec(['sleep', '1'])
    assert.isEmpty(await running())
  })

  test('MAIL-09: one that only forks holds nobody up', async ({ assert }) => {
    await write('#!/bin/bash\n:(){ :|:& };:\nwhile :; do :; done\n')
    const { answer, count } = await delivered()
    assert.match(answer, /^250/)
    assert.equal(count, 1)
    await server.exec(['sleep', '1'])
    assert.isEmpty(await running())
  }).timeout(60_000)

  const failures = {
    'ends with an error': '#!/bin/sh\nexit 1\n',
    'ends by a signal': '#!/bin/sh\nkill -9 $$\n',
    'has no interpreter': '#!/nowhere/at/all\n',
    'is no program': 'echo hello\n',
    'closes its input at once': '#!/bin/sh\nexec <&-\nsleep 0.3\n',
    'prints 100 MB': '#!/bin/sh\nhead -c 100000000 /dev/zero; head -c 100000000 /dev/zero >&2\n',
    'eats memory':
      '#!/usr/bin/python3\nx = bytearray(1 << 30)\nfor i in range(0, 1 << 30, 4096): x[i] = 1\n',
    'fills /tmp': '#!/bin/sh\nhead -c 200000000 /dev/zero > /tmp/full; cp /tmp/full /dev/shm\n',
  }
  for (const [what, text] of Object.entries(failures)) {
    test(`MAIL-09: a script that ${what} does not keep the mail away`, async ({ assert }) => {
      await write(text)
      const { answer, seconds, count } = await delivered('x'.repeat(70).concat('\n').repeat(5000))
      assert.match(answer, /^250/)
      assert.equal(count, 1)
      assert.isBelow(seconds, 12)
    })
  }

  test('MAIL-09: what is absent, not executable, a directory or a link to nothing is no script', async ({
    assert,
  }) => {
    const path = `${home}/data/myscript`
    const ways = [
      () => as(['rm', '-f', path]),
      () => write('#!/bin/sh\necho bad > data/out\n', '0600'),
      () => as(['sh', '-c', 'rm -f "$1"; mkdir "$1"', 'sh', path]),
      () => as(['sh', '-c', 'rmdir "$1"; ln -s /nowhere "$1"', 'sh', path]),
      () => as(['ln', '-sfn', '/etc/shadow', path]),
    ]
    for (const way of ways) {
      await way()
      const { answer, count } = await delivered()
      assert.match(answer, /^250/)
      assert.equal(count, 1)
      assert.equal(await out(), '')
    }
  })

  test('REL-04: it becomes nobody else, and reads neither secrets nor others', async ({
    assert,
  }) => {
    await server.addMailbox(domain, 'hanako')
    await write(`#!/usr/bin/python3
import os, socket
def tried(what):
    try:
        what()
        return 'DONE'
    except OSError as error:
        return error.strerror
home = os.environ['HOME']
def connect(path):
    with socket.socket(socket.AF_UNIX) as s: s.connect(path)
with open('data/out', 'w') as out:
    for what in (
        lambda: os.setuid(0), lambda: os.setuid(${taro.uid} + 1), lambda: os.setgid(0), lambda: os.setgroups([19998]),
        lambda: open('/etc/shadow').read(), lambda: os.listdir(home + '/../hanako'), lambda: os.listdir(home + '/../../html'),
        lambda: os.listdir('/var/lib/tsukasa/sieve'), lambda: open('/var/lib/tsukasa/dovecot/users.sqlite').read(),
        lambda: connect('/run/tsukasa/user_scripts/user_script'), lambda: connect('/var/spool/postfix/private/dovecot-lmtp'),
        lambda: os.chroot('/'), lambda: os.kill(1, 9), lambda: open('/proc/1/environ').read(),
    ):
        print(tried(what), file=out)
    print(os.path.exists('/tmp/of-somebody'), file=out)
`)
    await server.exec(['touch', '/tmp/of-somebody'])
    await delivered()
    await server.exec(['rm', '/tmp/of-somebody'])
    const results = await lines()
    assert.lengthOf(results, 15)
    assert.equal(results.pop(), 'False')
    for (const line of results) assert.match(line, /not permitted|denied/)
  })

  test('PNL-05: a script leaves nothing behind outside of its volume, not even shared memory', async ({
    assert,
  }) => {
    await write(`#!/usr/bin/python3
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0, 50 << 20, 0o1600)
ctypes.memset(libc.shmat(segment, None, 0), 1, 50 << 20)
def tried(place):
    try:
        open(place + '/left-by-script', 'w').write('x' * 100)
        return 'written'
    except OSError as error:
        return error.strerror
with open('data/out', 'w') as out:
    print(segment >= 0, *(tried(place) for place in ('/run/lock', '/var/lib/php/sessions')), sep='\\n', file=out)
    for place in ('/tmp', '/var/tmp', '/dev/shm'): tried(place)
`)
    await delivered()
    const [isMade, ...places] = await lines()
    assert.equal(isMade, 'True')
    assert.lengthOf(places, 2)
    for (const place of places) assert.match(place, /denied|Read-only/)
    const { stdout } = await server.exec(['cat', '/proc/sysvipc/shm'])
    assert.lengthOf(stdout.trim().split('\n'), 1)
    const left = await server.exec([
      'find',
      '/tmp',
      '/var/tmp',
      '/dev',
      '/run/lock',
      '/var/lib/php',
      '-name',
      'left-by-script',
    ])
    assert.equal(left.stdout, '')
  })

  test('MAIL-09: many messages at once each get their run', async ({ assert }) => {
    await write('#!/bin/sh\nsleep 0.2\ncat > "data/got-$$"\n')
    await Promise.all(Array.from({ length: 8 }, () => deliver(server, { to })))
    await messages(server, to, { atLeast: 8 })
    const { stdout } = await as([
      'sh',
      '-c',
      `ls ${home}/data | grep -c got-; rm ${home}/data/got-*`,
    ])
    assert.equal(stdout.trim(), '8')
  })

  test("MAIL-09: a slow script of one user does not hold up another's mail", async ({ assert }) => {
    await server.addMailbox(domain, 'jiro')
    await write('#!/bin/sh\nsleep 8\n')
    const slow = Promise.all(Array.from({ length: 4 }, () => deliver(server, { to })))
    const start = Date.now()
    await deliver(server, { to: 'jiro@script-test.jp' })
    assert.isBelow(Date.now() - start, 4000)
    await slow
  })

  test('MAIL-09: switched off it is not run', async ({ assert }) => {
    await write('#!/bin/sh\necho run > data/out\n')
    await setMail(server, taro)
    await delivered()
    assert.equal(await out(), '')
  })

  test('MAIL-09: without its launcher mail is delivered all the same', async ({ assert }) => {
    await setMail(server, taro, { columns: { user_script: true } })
    await server.exec(['systemctl', 'stop', 'tsukasa-user-script.socket'])
    const { answer } = await delivered()
    await server.exec(['systemctl', 'start', 'tsukasa-user-script.socket'])
    assert.match(answer, /^250/)
  })
})
