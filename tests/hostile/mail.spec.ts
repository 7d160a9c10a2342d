import { test } from '@japa/runner'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { hello, line, say } from '#tests/hostile/mail/smtp'
import { canSignIn, curl, read, statusOf, submit } from '#tests/mail/clients'
import { shown } from '#tests/support/shown'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'

/** Says its arguments over SMTP from one address of the machine to another, and tells the last answers. */
const speak = `
import smtplib, sys
own, to, *lines = sys.argv[1:]
s = smtplib.SMTP(to, 25, source_address=(own, 0))
for one in lines:
    code, text = s.docmd(one)
    print(code, text.decode().splitlines()[0])
`

const outsider = 'somebody@elsewhere.example.com'

test.group('Hostile mail', (group) => {
  let server: TestServer
  let domain: Domain
  let taro: Mailbox
  let hanako: Mailbox
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('hostile-mail.jp')
    await server.addDomain('hostile-neighbour.jp')
    taro = await server.addMailbox(domain, 'taro')
    hanako = await server.addMailbox(domain, 'hanako')
  })

  const envelope = (to: string) => [hello, line(`MAIL FROM:<${outsider}>`), line(`RCPT TO:${to}`)]

  /** As the account of the domain's programs, or of one mailbox. */
  const run = (uid: number, argv: readonly string[], input = '') => {
    const ids = ['--reuid', String(uid), '--regid', String(domain.uid), '--clear-groups']
    return server.exec(['setpriv', ...ids, '--', ...argv], input)
  }

  // CVE-2023-51764: what one server takes for text and the next for the end of a message.
  for (const end of ['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r\n', '\n.\r']) {
    test(`MAIL-02: nothing is smuggled after ${JSON.stringify(end)}`, async ({ assert }) => {
      const smuggled = [
        `MAIL FROM:<admin@hostile-mail.jp>`,
        'RCPT TO:<taro@hostile-mail.jp>',
        'DATA',
      ]
      const text = `Subject: a\r\n\r\nx${end}${smuggled.join('\r\n')}\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n`
      const answers = await say(server.address, [
        ...envelope('<taro@hostile-mail.jp>'),
        line('DATA'),
        text,
        line('QUIT'),
      ])
      assert.isAtMost(answers.filter((answer) => /queued as/.test(answer)).length, 1)
      const { stdout } = await server.exec([
        'doveadm',
        'search',
        '-u',
        'taro@hostile-mail.jp',
        'SUBJECT',
        'smuggled',
      ])
      assert.equal(stdout.trim(), '')
      if (/^\n|[^\r]\n/.test(end)) assert.match(answers.join('\n'), /^550 5\.5\.2 .*bare/m)
    })
  }

  const relays = [
    '<victim@elsewhere.example.com>',
    '<victim%elsewhere.example.com@hostile-mail.jp>',
    '<"victim@elsewhere.example.com"@hostile-mail.jp>',
    '<"victim@elsewhere.example.com">',
    '<@hostile-mail.jp:victim@elsewhere.example.com>',
    '<elsewhere.example.com!victim@hostile-mail.jp>',
    '<elsewhere.example.com!victim>',
    '<victim@[127.0.0.1]>',
    '<victim@localhost>',
    '<root+x@localhost>',
    '<victim>',
  ]
  test('MAIL-02: port 25 relays nothing to {shown}')
    .with(shown(relays))
    .run(async ({ assert }, { text }) => {
      const answers = await say(server.address, [...envelope(text), line('QUIT')])
      assert.match(answers[3], /^5\d\d /)
    })

  const names = [
    `x'/**/OR/**/'1'='1`,
    `taro'--`,
    `"' UNION SELECT 'ok"`,
    '%s',
    '%{user}',
    '*',
    'taro/../hanako',
    '..',
  ]
  test('MAIL-01: {shown} is nobody, to SMTP and to Dovecot')
    .with(shown(names))
    .run(async ({ assert }, { text }) => {
      const answers = await say(server.address, [
        ...envelope(`<${text}@hostile-mail.jp>`),
        line('QUIT'),
      ])
      assert.match(answers[3], /^5\d\d /)
      const login = `${text}@hostile-mail.jp`
      assert.notEqual(await statusOf(server.exec(['doveadm', 'auth', 'lookup', login])), 0)
    })

  const canary = '/tmp/mail-canary'
  const senders = [
    `<"|touch ${canary}"@elsewhere.example.com>`,
    `<|touch${'${IFS}'}${canary}@elsewhere.example.com>`,
    `<":include:/etc/shadow"@elsewhere.example.com>`,
    `</etc/cron.d/x@elsewhere.example.com>`,
    `<"$(touch ${canary})"@elsewhere.example.com>`,
    '<"a@b"@elsewhere.example.com>',
    '<"a\\"b"@elsewhere.example.com>',
    '<a(comment)@elsewhere.example.com>',
    '<"a b"@[192.0.2.1]>',
    '<x@[IPv6:2001:db8::1]>',
    '<@hop.example.com,@hop2.example.com:x@elsewhere.example.com>',
    '<x@xn--wgv71a.example>',
    '<x@日本.example>',
    '<名前@elsewhere.example.com>',
    "<x'/**/OR/**/'1'='1@elsewhere.example.com>",
    '<%s%n@elsewhere.example.com>',
    `<${'x'.repeat(500)}@elsewhere.example.com>`,
    `<x@${'a.'.repeat(400)}example.com>`,
    '<-oQ/tmp@elsewhere.example.com>',
    '<x@elsewhere.example.com> BODY=BINARYMIME SIZE=-1',
    '<x@elsewhere.example.com> SMTPUTF8',
  ]
  test('MAIL-02: a message from {shown} is refused, or arrives as any other and does nothing')
    .with(shown(senders))
    .run(async ({ assert }, { text }) => {
      const subject = `from-${senders.indexOf(text)}-${process.pid}`
      const message = `Subject: ${subject}\r\n\r\nx\r\n.\r\n`
      const [, , mail, rcpt, data, end] = await say(server.address, [
        hello,
        Buffer.from(line(`MAIL FROM:${text}`)).toString('latin1'),
        line('RCPT TO:<taro@hostile-mail.jp>'),
        line('DATA'),
        message,
        line('QUIT'),
      ])
      if (!/^250 /.test(mail)) return assert.match(mail, /^5\d\d /)
      if (!/^250 /.test(rcpt)) return assert.match(rcpt, /^5\d\d /)
      assert.match(`${data}${end}`, /^354 .*queued as/s)
      const body = await read('taro@hostile-mail.jp', subject, { address: server.address })
      assert.lengthOf(body.match(/^Return-Path: /gm)!, 1)
      assert.notEqual(await statusOf(server.exec(['test', '-e', canary])), 0)
    })

  test("REL-04: a domain's programs find no relay on this machine", async ({ assert }) => {
    const talk = await run(domain.uid, [
      ...['python3', '-c'],
      'import smtplib\ns = smtplib.SMTP("127.0.0.1")\ns.ehlo("x")\ns.mail("somebody@elsewhere.example.com")\n' +
        'print(s.rcpt("victim@elsewhere.example.com"))',
    ])
    assert.include(talk.stdout, '(554')
  })

  const neighbours = [
    'info@hostile-neighbour.jp',
    'INFO@Hostile-Neighbour.JP',
    'info@hostile-neighbour.jp.',
    'info@mail.hostile-neighbour.jp',
    '@x.example.com:info@hostile-neighbour.jp',
    'info%hostile-neighbour.jp@localhost',
    '"info@hostile-neighbour.jp"',
    'admin@hostile-mail.jp',
    'd1',
    'd1@localhost',
  ]
  test("REL-04: a domain's programs do not write as {shown} on port 25, from any own address")
    .with(shown(neighbours))
    .run(async ({ assert }, { text }) => {
      for (const [own, to] of [
        ['127.0.0.1', '127.0.0.1'],
        ['127.9.9.9', server.address],
        [server.address, server.address],
      ]) {
        const { stdout } = await run(domain.uid, [
          ...['python3', '-c', speak, own, to],
          ...['EHLO x', `MAIL FROM:<${text}>`, 'RCPT TO:<taro@hostile-mail.jp>'],
        ])
        assert.match(stdout.trim().split('\n').at(-1)!, /^5\d\d /, `${own} ${stdout}`)
      }
    })

  test('MAIL-01: a sender of a domain here is taken from outside, as forwarders keep it', async ({
    assert,
  }) => {
    const answers = await say(server.address, [
      hello,
      line('MAIL FROM:<info@hostile-neighbour.jp>'),
      line('RCPT TO:<taro@hostile-mail.jp>'),
      line('QUIT'),
    ])
    assert.match(answers[3], /^250 /)
  })

  test("REL-04: no other configuration gives a domain's programs another sender", async ({
    assert,
  }) => {
    const forged = ['sendmail', '-f', outsider, 'taro@hostile-mail.jp']
    assert.notEqual(await statusOf(run(domain.uid, forged, 'Subject: x\n\nx\n')), 0)
    const own = `${domain.root}/tmp`
    await run(domain.uid, [
      'sh',
      '-c',
      `cp /etc/postfix/*.cf ${own}; echo local_login_sender_maps=static:* >>${own}/main.cf`,
    ])
    for (const argv of [
      ['env', `MAIL_CONFIG=${own}`, ...forged],
      ['sendmail', '-C', own, ...forged.slice(1)],
    ]) {
      assert.notEqual(await statusOf(run(domain.uid, argv, 'Subject: x\n\nx\n')), 0)
    }
    const records = [`S${outsider}`, 'Rtaro@hostile-mail.jp', 'M', 'NSubject: x', 'X', 'E']
    const spelled = records.map(
      (one) => one[0] + String.fromCharCode(one.length - 1) + one.slice(1)
    )
    const { stdout } = await run(domain.uid, ['postdrop', '-r'], spelled.join(''))
    assert.include(stdout, 'not authorized')
  })

  test('REL-04: password hashes, addresses and sockets of mail are out of reach', async ({
    assert,
  }) => {
    for (const uid of [domain.uid, taro.uid]) {
      for (const path of [
        '/var/lib/tsukasa/dovecot/users.sqlite',
        '/var/lib/tsukasa/postfix/maps.sqlite',
        '/etc/tsukasa/tls/server.key',
        '/var/spool/postfix/private/auth',
        '/var/lib/extrausers/shadow',
      ]) {
        assert.notEqual(await statusOf(run(uid, ['cat', path])), 0, path)
      }
    }
  })

  test("REL-04: nobody reads another's mail, not even his domain's programs", async ({
    assert,
  }) => {
    await submit(server.address, { port: 25, from: outsider, to: 'hanako@hostile-mail.jp' })
    const inbox = `${domain.root}/home/hanako`
    assert.notEqual(await statusOf(run(domain.uid, ['ls', inbox])), 0)
    assert.notEqual(await statusOf(run(taro.uid, ['ls', inbox])), 0)
    assert.equal(await statusOf(run(hanako.uid, ['ls', inbox])), 0)
  })

  test('REL-04: a Maildir that is a link leads only where its owner may go', async ({ assert }) => {
    const home = `${domain.root}/home`
    await submit(server.address, { port: 25, from: outsider, to: 'hanako@hostile-mail.jp' })
    await run(taro.uid, [
      'sh',
      '-c',
      `cd ${home}/taro && rm -rf Maildir && ln -s ../hanako/Maildir Maildir`,
    ])
    const { body } = await curl([
      ...['--url', `imaps://${server.address}/INBOX;MAILINDEX=1`],
      ...['--user', `taro@hostile-mail.jp:${testPassword}`],
    ])
    assert.equal(body, '')
    await run(taro.uid, ['rm', `${home}/taro/Maildir`])
  })

  test('MAIL-01: control characters in a password or a name are no commands', async ({
    assert,
  }) => {
    const answers = await say(server.address, [
      hello,
      line(`MAIL FROM:<a@b.example.com> BODY=8BITMIME\rRCPT TO:<taro@hostile-mail.jp>`),
      line('QUIT'),
    ])
    assert.match(answers[2], /^5\d\d /)
    assert.isFalse(
      await canSignIn('taro@hostile-mail.jp', {
        address: server.address,
        password: `${testPassword}\u0001x`,
      })
    )
  })
})
