import { execFile } from 'node:child_process'
import { test } from '@japa/runner'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { ftp, signIn, stay, type Step } from '#tests/servers/ftp/client'
import { shown } from '#tests/support/shown'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'

test.group('Hostile FTP', (group) => {
  let server: TestServer
  let domain: Domain
  let victim: Domain
  let taro: Mailbox
  const as = 'taro@hostile-ftp.jp'
  const admin = 'admin@hostile-ftp.jp'
  const secret = 'nobody else reads this'
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('hostile-ftp.jp')
    victim = await server.addDomain('victim-ftp.jp')
    taro = await server.addMailbox(domain, 'taro')
    await server.addMailbox(domain, 'hanako')
    await server.addMailbox(victim, 'taro')
    const put = ['put', 'data/secret', secret] as const
    await ftp(server, { as: 'hanako@hostile-ftp.jp' }, put)
    await ftp(server, { as: 'taro@victim-ftp.jp' }, put)
    await ftp(server, { as: 'admin@victim-ftp.jp' }, ['put', 'html/secret', secret])
  })

  const home = () => `${domain.root}/home/taro`
  /** As one of the domain's own programs. */
  const run = (uid: number, argv: readonly string[]) => {
    const ids = ['--reuid', String(uid), '--regid', String(domain.uid), '--clear-groups']
    return server.exec(['setpriv', ...ids, '--', ...argv])
  }
  /** The answers without that to the password. */
  const answers = async (name: string, ...steps: readonly Step[]) => {
    const [hello, ...others] = await ftp(server, { as: name }, ...steps)
    if (hello !== '230') throw new Error(hello)
    return others
  }

  const ways = ['/etc/passwd', '../hanako/data/secret', '../../../victim-ftp.jp/html/secret']
  test('REL-04: nobody gets out of his root by {shown}')
    .with(shown([...ways, ...ways.map((way) => `/../..//./${way}`), '/proc/self/environ']))
    .run(async ({ assert }, { text }) => {
      for (const name of [as, admin]) {
        const got = await answers(name, ['get', text], ['put', text, 'x'], ['say', `CWD ${text}`])
        for (const answer of got) assert.match(answer, /^[45]/, name)
      }
    })

  const targets = [
    '/etc/passwd',
    '/data/domain/victim-ftp.jp/html/secret',
    '../../hanako/data/secret',
    '/etc/tsukasa/tls/server.key',
    '/var/lib/tsukasa/ftp/users',
  ]
  test('CVE-2019-12815: a link out of the root to {shown} leads nowhere')
    .with(shown(targets))
    .run(async ({ assert }, { text }) => {
      await run(taro.uid, ['ln', '-sfn', text, `${home()}/data/link`])
      await run(domain.uid, ['ln', '-sfn', text, `${domain.root}/html/link`])
      for (const [name, path] of [
        [as, 'data/link'],
        [admin, 'html/link'],
      ]) {
        const got = await answers(name, ['get', path], ['say', `CWD ${path}`], ['list', `${path}/`])
        for (const answer of got) assert.notMatch(answer, /^2|root:|BEGIN|nobody else/, name)
      }
      await run(taro.uid, ['rm', `${home()}/data/link`])
      await run(domain.uid, ['rm', `${domain.root}/html/link`])
    })

  test('REL-04: a link to a directory of somebody else, swapped all the time, never opens it', async ({
    assert,
  }) => {
    const swap = `cd "$1" && mkdir -p real && echo own > real/secret && for i in $(seq 3000); do
      ln -sfn real way; ln -sfn ../../hanako/data way; done`
    const swapping = run(taro.uid, ['sh', '-c', swap, 'sh', `${home()}/data`])
    const steps = Array.from({ length: 300 }, () => ['get', 'data/way/secret'] as const)
    const got = await answers(as, ...steps)
    await swapping
    assert.isEmpty(got.filter((answer) => answer.includes(secret)))
    await run(taro.uid, ['rm', '-rf', `${home()}/data/real`, `${home()}/data/way`])
  })

  test('REL-04: a session has left root behind: own uid, no capability, nothing to come back with', async ({
    assert,
  }) => {
    for (const [name, uid] of [
      [as, taro.uid],
      [admin, domain.uid],
    ] as const) {
      const session = await stay(server, { as: name })
      const { stdout } = await server.exec([
        ...['sh', '-c', 'cat /proc/$(pgrep -x proftpd)/status'],
      ])
      session.leave()
      assert.match(stdout, new RegExp(`^Uid:(\\s+${uid}){4}$`, 'm'))
      assert.match(stdout, new RegExp(`^Gid:(\\s+${domain.uid}){4}$`, 'm'))
      assert.match(stdout, new RegExp(`^Groups:\\s+${domain.uid}\\s*$`, 'm'))
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
        assert.match(stdout, new RegExp(`^${set}:\\s+0+$`, 'm'))
      assert.match(stdout, /^NoNewPrivs:\s+1$/m)
    }
  })

  const commands = [
    'SITE CPFR /etc/passwd',
    'SITE EXEC id',
    'SITE SYMLINK /etc/passwd data/x',
    'SITE MKDIR data/x',
    'SITE UTIME 20260101000000 data/own',
    'SITE CHGRP 0 data/own',
    'SITE CHMOD 4755 data/own',
    'SITE CHMOD 2755 data/own',
    'SITE CHMOD 99999 data/own',
    'MFF UNIX.mode=4755; data/own',
    'MFF UNIX.group=root; data/own',
    'PORT 127,0,0,1,0,25',
    'PORT 192,0,2,1,80,80',
    'EPRT |1|127.0.0.1|25|',
    'SSCN ON',
    'CCC',
    'SMNT /',
    'USER admin@victim-ftp.jp',
  ]
  test('CVE-2015-3306: {shown} is refused')
    .with(shown(commands))
    .run(async ({ assert }, { text }) => {
      const [put, answer] = await answers(as, ['put', 'data/own', 'x'], ['say', text])
      assert.match(put, /^226/)
      assert.match(answer, /^[45]\d\d /)
      const { stdout, stderr } = await run(taro.uid, ['stat', '-c', '%g %a', `${home()}/data/own`])
      assert.equal(stdout.trim(), `${domain.uid} 644`, stderr)
    })

  const names = ['a\u0001', 'a\tb', 'a\u001b[31m', 'a\u007f', 'a\rb']
  test('REL-04: {shown} is not taken for a name')
    .with(shown(names))
    .run(async ({ assert }, { text }) => {
      const [made] = await answers(as, ['lines', `MKD data/${text}\r\n`])
      assert.match(made, /^5/)
      const [put, from, to] = await answers(
        as,
        ['put', 'data/plain', 'x'],
        ['say', 'RNFR data/plain'],
        ['lines', `RNTO data/${text}\r\n`]
      )
      assert.deepEqual([put.slice(0, 3), from.slice(0, 3)], ['226', '350'])
      assert.match(to, /^5/)
      const [list] = await answers(as, ['list', '/data'])
      assert.include(list, '/data/plain')
      assert.notMatch(list, /\p{Cc}/u)
    })

  test('REL-04: names that other programs stumble over are names', async ({ assert }) => {
    const odd = [
      '-rf',
      '*',
      '$(id)',
      '%s%n',
      '`id`',
      '"',
      "'",
      ';',
      '|',
      '..a',
      '{a,b}',
      'no UTF-8: \u00c3(',
    ]
    const put = odd.map((name) => ['put', `data/${name}`, 'x'] as const)
    const got = await answers(as, ...put, ['list', '-R /data'])
    for (const answer of got.slice(0, -1)) assert.match(answer, /^226/)
    await answers(as, ...odd.map((name) => ['say', `DELE data/${name}`] as const))
    const [list] = await answers(as, ['list', '/data'])
    for (const name of odd) assert.notInclude(list, `/data/${name}`)
  })

  test('MAIL-01: mail is seen and fetched, and neither written nor moved nor hidden', async ({
    assert,
  }) => {
    const make = 'mkdir -p Maildir/cur && echo mail > Maildir/cur/1 && ln -sfn ../Maildir data/mail'
    await run(taro.uid, ['sh', '-c', `cd "$1" && ${make}`, 'sh', home()])
    const [seen, ...others] = await answers(
      as,
      ['get', 'Maildir/cur/1'],
      ['put', 'Maildir/cur/2', 'x'],
      ['put', 'data/mail/cur/2', 'x'],
      ['put', 'Maildir/cur/1', 'x'],
      ['say', 'DELE Maildir/cur/1'],
      ['say', 'RMD Maildir/cur'],
      ['say', 'MKD Maildir/x'],
      ['say', 'SITE CHMOD 0 Maildir'],
      ['say', 'MFF UNIX.mode=0; Maildir/cur/1'],
      ['say', 'MFMT 20200101000000 Maildir/cur/1'],
      ['rename', 'Maildir', 'data/away'],
      ['rename', 'data/own', 'Maildir/cur/2']
    )
    assert.equal(seen, 'mail\n')
    for (const answer of others) assert.match(answer, /^[45]/)
    const { stdout } = await run(taro.uid, ['sh', '-c', 'cat "$1"/Maildir/cur/*', 'sh', home()])
    assert.equal(stdout, 'mail\n')
  })

  test('REL-04: a sign-in name with line breaks, colons or NUL is nobody’s', async ({ assert }) => {
    for (const name of [`${as}:x`, `${as} `, ` ${as}`, `${as}\t`, `${as}/../x`, '%u', '*', ''])
      assert.notEqual(await signIn(server, { as: name }), '230', JSON.stringify(name))
    const users = await server.exec(['cat', '/var/lib/tsukasa/ftp/users'])
    assert.notInclude(users.stdout, '$')
  })

  test('REL-04: programs of customers reach neither what FTP knows nor whom it asks', async ({
    assert,
  }) => {
    const ask = `import socket; socket.socket(socket.AF_UNIX).connect('/run/dovecot/ftp')`
    const asked = await run(domain.uid, ['python3', '-c', ask])
    assert.include(asked.stderr, 'PermissionError')
    for (const path of ['/var/lib/tsukasa/ftp/users', '/var/log/ftp/server.log']) {
      const { status } = await run(domain.uid, ['cat', path])
      assert.notEqual(status, 0, path)
    }
  })

  test('REL-04: what another address than the client’s puts into his data connection is not taken', async ({
    assert,
  }) => {
    const session = await stay(server, { as })
    const told = await session.ask('say', 'PASV')
    const [high, low] = told
      .match(/(\d+),(\d+)\)/)!
      .slice(1)
      .map(Number)
    const connect = `import socket; s = socket.create_connection(('${server.address}', ${high * 256 + low})); s.sendall(b'stolen'); s.close()`
    const foreign = run(domain.uid, ['python3', '-c', connect])
    const answer = await session.ask('say', 'STOR data/stolen')
    await foreign
    session.leave()
    assert.isAtLeast(high * 256 + low, 10_000)
    assert.isAtMost(high * 256 + low, 10_999)
    assert.notMatch(answer, /^226/)
    const { stdout } = await run(taro.uid, ['sh', '-c', 'cat "$1"/data/stolen', 'sh', home()])
    assert.notInclude(stdout, 'stolen')
  })

  test('PNL-05: one source gets so many connections and no more, and gets them again', async ({
    assert,
  }) => {
    const open = `
import socket, sys
held = [socket.create_connection((sys.argv[1], 21), timeout=20) for _ in range(30)]
for each in held: each.settimeout(20)
def greets(each):
    try: return each.recv(3) == b'220'
    except OSError: return False
print(sum(map(greets, held)))
`
    const count = await new Promise<number>((resolve, reject) =>
      execFile('python3', ['-c', open, server.address], (error, stdout) =>
        error ? reject(error) : resolve(Number(stdout))
      )
    )
    assert.isAtMost(count, 20)
    assert.isAtLeast(count, 10)
    assert.equal(await signIn(server, { as, password: testPassword }), '230')
  })
})
