import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { read, statusOf } from '#tests/mail/clients'
import { swaks } from '#tests/mail/swaks'
import { setMail } from '#tests/mail/settings'
import { testServer, type TestServer } from '#tests/support/test_server'

/** Says its arguments to the port for forwarded mail from a process in a control group, as `uid`. */
const speak = `
import os, smtplib, sys
group, uid, sender, recipient = sys.argv[1:]
if group:
    root = next(l.split()[4] for l in open("/proc/self/mountinfo") if " - cgroup2 " in l)
    open(f"{root}/{group}/cgroup.procs", "w").write(str(os.getpid()))
os.setgid(int(uid)); os.setuid(int(uid))
s = smtplib.SMTP("127.0.0.1", 10025)
s.ehlo("x")
print(*s.mail(sender))
code, text = s.rcpt(recipient)
print(code, text.decode())
if code == 250:
    print(*s.data("Subject: forwarded\\r\\nX-Spam-Level: **\\r\\n\\r\\ntext\\r\\n"))
`

const dovecot = 'system.slice/dovecot.service'

test.group('Forwarded mail of a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let hostname: string
  let jiro: Mailbox
  let saburo: Mailbox
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('srs-test.jp')
    await server.addMailbox(domain, 'taro')
    await server.addMailbox(domain, 'hanako')
    jiro = await server.addMailbox(domain, 'jiro')
    saburo = await server.addMailbox(domain, 'saburo')
    hostname = server.server.hostname
  })

  async function forward(sender: string, recipient: string, as = dovecot) {
    const uid = String(domain.uid)
    const { stdout, stderr } = await server.exec([
      ...['python3', '-c', speak, as, uid, sender, recipient],
    ])
    return `${stdout}${stderr}`
  }

  /** Sender of the queued message to that recipient. */
  async function senderTo(recipient: string): Promise<string> {
    for (let tries = 0; tries < 50; tries++) {
      const { stdout } = await server.exec(['postqueue', '-j'])
      const found = stdout
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
        .find(({ recipients }) => recipients.some((one: any) => one.address === recipient))
      if (found) return found.sender
      await wait(100)
    }
    throw new Error(`nothing is queued for ${recipient}`)
  }

  let rewritten: string
  test('MAIL-07: the sender of forwarded mail becomes an address of this server', async ({
    assert,
  }) => {
    assert.match(await forward('Sender+x@origin.example.com', 'a@far.example.com'), /queued as/)
    rewritten = await senderTo('a@far.example.com')
    assert.match(rewritten, /^SRS0=[^=]{8}=[^=]{2}=origin\.example\.com=Sender\+x@/)
    assert.isTrue(rewritten.endsWith(`@${hostname}`))
  })

  test('MAIL-07: what was rewritten by another server before becomes SRS1, a report has no sender still', async ({
    assert,
  }) => {
    await forward('SRS0=abcd=ef=origin.example.com=x@hop.example.com', 'b@far.example.com')
    const sender = await senderTo('b@far.example.com')
    assert.match(sender, /^SRS1=[^=]{8}=hop\.example\.com==abcd=ef=origin\.example\.com=x@/)
    await forward('', 'c@far.example.com')
    assert.include(['', 'MAILER-DAEMON'], await senderTo('c@far.example.com'))
  })

  test('MAIL-07: a bounce to the rewritten address goes back to the sender, anything else does not', async ({
    assert,
  }) => {
    const back = await swaks(server.address, { from: '<>', to: rewritten, subject: 'bounce' })
    assert.match(back.answer, /^250 2\.0\.0 /)
    assert.exists(await senderTo('Sender+x@origin.example.com'))
    const mail = await swaks(server.address, { from: 'x@example.com', to: rewritten })
    assert.match(
      mail.recipients[0],
      /^550 5\.7\.1 Only delivery reports|^550 5\.7\.1 .*Only delivery reports/
    )
    for (const forged of [
      rewritten.replace(/=[^=]{8}=/, '=AAAAAAAA='),
      rewritten.replace('origin', 'victim'),
      rewritten.replace(/^SRS0/, 'SRS1'),
      `SRS0=x@${hostname}`,
      `SRS0=@${hostname}`,
      `srs0=aaaaaaaa=aa=victim.example.com=${'a'.repeat(60)}@${hostname}`,
    ]) {
      const answer = await swaks(server.address, { from: '<>', to: forged, quitAfter: 'RCPT' })
      assert.match(answer.recipients[0], /^5\d\d /, forged)
    }
  })

  test('MAIL-07: forwarded to a user of the same server it arrives with its points, also from one to another', async ({
    assert,
  }) => {
    assert.match(await forward('x@origin.example.com', 'hanako@srs-test.jp'), /queued as/)
    const body = await read('hanako@srs-test.jp', 'forwarded', { address: server.address })
    assert.include(body, 'X-Spam-Level: **')
    assert.match(body, /^Return-Path: <SRS0=/m)
  })

  test('MAIL-07: forwarded to nobody here the first sender hears of it', async ({ assert }) => {
    assert.match(await forward('taro@srs-test.jp', 'nobody@srs-test.jp'), /queued as/)
    const report = await read('taro@srs-test.jp', 'Undelivered Mail Returned to Sender', {
      address: server.address,
    })
    assert.include(report, 'nobody@srs-test.jp')
  })

  test('MAIL-07: what a user forwards elsewhere leaves with a sender of this server, and is refused nowhere for it', async ({
    assert,
  }) => {
    await setMail(server, jiro, { forwards: ['jiro@private.example.com'] })
    const subject = 'forwarded by a user'
    const from = 'writer@origin.example.com'
    const sent = await swaks(server.address, { from, to: 'jiro@srs-test.jp', subject })
    assert.match(sent.answer, /^250 2\.0\.0 /)
    const sender = await senderTo('jiro@private.example.com')
    assert.match(sender, /^SRS0=[^=]{8}=[^=]{2}=origin\.example\.com=writer@/)
    const bounce = await swaks(server.address, { from: '<>', to: sender })
    assert.match(bounce.answer, /^250 2\.0\.0 /)
    assert.exists(await senderTo(from))
  })

  test('MAIL-07: two users who forward to each other have the message once each, or a report, but no loop', async ({
    assert,
  }) => {
    await setMail(server, jiro, { forwards: ['saburo@srs-test.jp'] })
    await setMail(server, saburo, { forwards: ['jiro@srs-test.jp'] })
    const subject = 'round and round'
    await swaks(server.address, { from: 'x@origin.example.com', to: 'jiro@srs-test.jp', subject })
    await read('saburo@srs-test.jp', subject, { address: server.address })
    await wait(3000)
    for (const name of ['jiro', 'saburo']) {
      const { stdout } = await server.exec([
        ...['doveadm', 'search', '-u', `${name}@srs-test.jp`],
        ...['mailbox', 'INBOX', 'HEADER', 'Subject', subject],
      ])
      assert.isBelow(stdout.trim().split('\n').length, 4, name)
    }
    const { stdout } = await server.exec(['postqueue', '-j'])
    assert.notInclude(stdout, 'saburo@srs-test.jp')
  })

  test('MAIL-02: programs of customers cannot use the port, nor make such addresses', async ({
    assert,
  }) => {
    for (const as of ['', 'system.slice/cron.service', 'system.slice'])
      assert.match(
        await forward('x@victim.example.com', 'd@far.example.com', as),
        /^550 5\.7\.1 .*Only forwarded mail|No such file|cgroup/m,
        as
      )
    const outside = await swaks(server.address, {
      ...{ port: 10025, from: 'x@example.com', to: 'd@far.example.com' },
    })
    assert.notEqual(outside.status, 0)
    for (const port of ['10001', '10002']) {
      const asked = `import socket; s = socket.create_connection(("127.0.0.1", ${port}), 3); s.send(b"get x@y.example\\n"); print(s.recv(99))`
      const run = [
        'setpriv',
        '--reuid',
        String(domain.uid),
        '--clear-groups',
        'python3',
        '-c',
        asked,
      ]
      assert.notEqual(await statusOf(server.exec(run)), 0)
    }
  })

  test('MAIL-07: without SRS forwarded mail waits with Dovecot, other mail goes on', async ({
    assert,
  }) => {
    await server.exec(['systemctl', 'stop', 'tsukasa-srs.service'])
    assert.match(
      await forward('x@origin.example.com', 'e@far.example.com'),
      /4\d\d .*(4\.3\.0|queue file)/
    )
    const answers = [
      await swaks(server.address, { from: '<>', to: rewritten, quitAfter: 'RCPT' }),
      await swaks(server.address, {
        from: 'x@example.com',
        to: 'taro@srs-test.jp',
        quitAfter: 'RCPT',
      }),
    ]
    await server.exec(['systemctl', 'start', 'tsukasa-srs.service'])
    assert.deepEqual(
      answers.map(({ recipients }) => recipients[0]?.slice(0, 1)),
      ['4', '2']
    )
  })

  test('REL-04: each server has a secret of its own', async ({ assert }) => {
    const { stdout } = await server.exec(['stat', '-c', '%U %a %s', '/var/lib/tsukasa-srs/secret'])
    assert.equal(stdout.trim(), 'root 600 33')
  })
})
