import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import type Domain from '#models/domain'
import { programsLock } from '#monitoring/mail/sending_locks'
import { curl, read, statusOf } from '#tests/mail/clients'
import { reloads } from '#tests/mail/delivery'
import { until } from '#tests/support/until'
import { recipientsOf, stdoutOf, swaks } from '#tests/mail/swaks'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'

const outsider = 'x@elsewhere.example.com'

/** One connection to port 25 that stays open. */
class Session {
  readonly #lines: AsyncIterator<string>
  private constructor(readonly socket: Socket) {
    this.#lines = createInterface(socket)[Symbol.asyncIterator]()
  }

  static async open(address: string) {
    const session = new Session(createConnection(25, address))
    session.socket.on('error', () => {})
    return { session, greeting: await session.#answer() }
  }

  async say(line: string) {
    this.socket.write(`${line}\r\n`)
    return this.#answer()
  }

  async #answer(): Promise<string> {
    for (;;) {
      const { value = '', done } = await this.#lines.next()
      if (done || !/^\d{3}-/.test(value)) return value
    }
  }
}

/** Speaks with postdrop as sendmail does, and kills it in the middle. */
const leaveUnfinished = `
import os, subprocess, sys, time
def record(kind, data):
    return kind + bytes([len(data)]) + data
process = subprocess.Popen(["postdrop", "-r"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
process.stdin.write(record(b"S", sys.argv[1].encode()) + record(b"R", b"x@far.example.com") + record(b"M", b""))
for _ in range(2000):
    process.stdin.write(record(b"N", b"x" * 100))
process.stdin.flush()
time.sleep(0.5)
os.kill(process.pid, 9)
process.wait()
`

test.group('Ports of mail on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let hostname: string
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('ports-test.jp')
    await server.addMailbox(domain, 'taro')
    await server.addMailbox(domain, 'hanako')
    const shown = await stdoutOf(server.exec(['postconf', '-hx', 'myhostname']))
    hostname = shown.trim()
  })

  async function greeted() {
    const { session } = await Session.open(server.address)
    await session.say('EHLO client.example.net')
    const answer = await session.say(`MAIL FROM:<${outsider}>`)
    if (!answer.startsWith('250')) throw new Error(answer)
    return session
  }

  const asDomain = (...argv: string[]) =>
    server.exec(['setpriv', '--reuid', String(domain.uid), '--clear-groups', '--', ...argv])
  const queue = () => stdoutOf(server.exec(['postqueue', '-p']))
  const log = () => stdoutOf(server.exec(['cat', '/var/log/mail/postfix.log']))

  test('MAIL-02: mail programs are told where sent mail, drafts and deleted mail go', async ({
    assert,
  }) => {
    const user = `taro@ports-test.jp:${testPassword}`
    const list = async (request: string) => {
      const argv = ['--url', `imaps://${server.address}/`, '--user', user, '--request', request]
      const { body } = await curl(argv)
      return body
    }
    const special = await list('LIST (SPECIAL-USE) "" "*"')
    const subscribed = await list('LSUB "" "*"')
    for (const name of ['Drafts', 'Sent', 'Trash']) {
      assert.match(special, new RegExp(`\\\\${name}\\b.* "/" "?${name}"?\\s`))
      assert.match(subscribed, new RegExp(` "?${name}"?\\s`))
    }
  })

  test('REL-04: what a program begins to hand in and leaves does not stay on the disk', async ({
    assert,
  }) => {
    const files = () => stdoutOf(server.exec(['find', '/var/spool/postfix/maildrop', '-type', 'f']))
    await asDomain('python3', '-c', leaveUnfinished, `d${domain.id}`)
    assert.notEqual(await files(), '')
    const find = ['sed', '-n', 's/^ExecStart=//p', '/etc/systemd/system/tsukasa-maildrop.service']
    const command = await stdoutOf(server.exec(find))
    await server.exec(['sh', '-c', command])
    assert.notEqual(await files(), '', 'he may still be writing')
    await server.exec(['sh', '-c', command.replace('-cmin +15', '-cmin -15')])
    assert.equal(await files(), '')
    const timer = server.exec(['systemctl', 'is-active', 'tsukasa-maildrop.timer'])
    assert.equal(await statusOf(timer), 0)
  })

  test('MAIL-02: a domain that is added, and outMX that ends, count for a session that heard no before, without a reload', async ({
    assert,
  }) => {
    const session = await greeted()
    const to = 'RCPT TO:<admin@ports-new.jp>'
    assert.match(await session.say(to), /^554 5\.7\.1 .*Relay access denied/)
    const before = await reloads(server)
    const added = await server.addDomain('ports-new.jp')
    assert.match(await session.say(to), /^250 /)
    assert.match(await session.say('RCPT TO:<Postmaster@Ports-New.jp>'), /^250 /)
    assert.match(await session.say('RCPT TO:<nobody@ports-new.jp>'), /^5\d\d /)
    const outMx = async (on: boolean) => {
      await db.from('domains').where('id', added.id).update({ out_mx: on })
      await server.convergeAll()
    }
    await outMx(true)
    const other = await greeted()
    for (const name of ['admin', 'postmaster', 'nobody'])
      assert.match(await other.say(`RCPT TO:<${name}@ports-new.jp>`), /^554 5\.7\.1 /, name)
    await outMx(false)
    assert.match(await other.say(to), /^250 /)
    assert.match(await other.say('RCPT TO:<postmaster@ports-new.jp>'), /^250 /)
    assert.equal(await reloads(server), before)
    for (const one of [session, other]) one.socket.destroy()
  })

  test('MAIL-02: a suspended mailbox has senders try again, in a session that knew it', async ({
    assert,
  }) => {
    const session = await greeted()
    assert.match(await session.say('RCPT TO:<hanako@ports-test.jp>'), /^250 /)
    const suspend = async (on: boolean) => {
      const hanako = db.from('mailboxes').where({ domain_id: domain.id, local_part: 'hanako' })
      await hanako.update({ suspended_at: on ? '2026-01-01 00:00:00' : null })
      await server.convergeAll()
    }
    await suspend(true)
    assert.match(await session.say('RCPT TO:<hanako@ports-test.jp>'), /^450 4\.2\.1 /)
    await suspend(false)
    session.socket.destroy()
  })

  test('REL-04: mail to the name of the server itself is refused, whoever sends it', async ({
    assert,
  }) => {
    for (const name of ['postmaster', 'abuse', 'root', 'mailer-daemon', 'nobody'])
      for (const host of [hostname, `[${server.address}]`, 'localhost']) {
        const letter = { from: outsider, to: `${name}@${host}`, quitAfter: 'RCPT' as const }
        const [answer] = await recipientsOf(swaks(server.address, letter))
        assert.match(answer, /^5\d\d 5\./, letter.to)
      }
  })

  test("REL-04: what programs send to the server's own accounts comes back, and nothing stays in the queue", async ({
    assert,
  }) => {
    // What other tests sent to servers that do not exist waits for days.
    await server.exec(['postsuper', '-d', 'ALL'])
    for (const to of ['d1@localhost', 'root', 'postmaster', 'root@localhost', 'nobody'])
      assert.equal(await statusOf(asDomain('sh', '-c', `echo x | sendmail ${to}`)), 0, to)
    await server.exec(['sh', '-c', 'echo cron of root | sendmail root'])
    await until(queue, (text) => text.includes('queue is empty'))
    assert.notMatch(await log(), /throttling|requires privileged/)
    assert.notEqual(await statusOf(server.exec(['test', '-s', '/var/mail/root'])), 0)
    assert.include(
      await read('admin@ports-test.jp', 'Undelivered Mail Returned to Sender', server),
      'Nobody reads mail at this name'
    )
  })

  test("MAIL-01: mail to the account of a domain's programs goes to its admin", async ({
    assert,
  }) => {
    const subject = 'from cron'
    await asDomain(
      'sh',
      '-c',
      `printf 'Subject: ${subject}\\n\\nx\\n' | sendmail ${domain.unixName}`
    )
    assert.include(await read('admin@ports-test.jp', subject, server), subject)
    const letter = { from: '<>', to: `${domain.unixName}@${hostname}`, subject: 'a late report' }
    const { answer } = await swaks(server.address, letter)
    assert.match(answer, /^250 /)
    assert.include(await read('admin@ports-test.jp', letter.subject, server), letter.subject)
  })

  test('REL-04: programs of customers neither see nor push the queue', async ({ assert }) => {
    for (const argv of [['mailq'], ['postqueue', '-p'], ['postqueue', '-j'], ['postqueue', '-f']])
      assert.notEqual(await statusOf(asDomain(...argv)), 0, argv.join(' '))
    assert.equal(await statusOf(server.exec(['mailq'])), 0)
  })

  test('REL-04: room that nobody can tell delays RCPT by seconds, and mail is taken', async ({
    assert,
  }) => {
    const letter = { from: outsider, to: 'taro@ports-test.jp', quitAfter: 'RCPT' as const }
    await swaks(server.address, letter)
    const unit = 'tsukasa-mail-space.service'
    await server.exec(['systemctl', 'kill', '-s', 'STOP', unit])
    const began = performance.now()
    const [answer] = await recipientsOf(swaks(server.address, letter))
    const took = performance.now() - began
    await server.exec(['systemctl', 'kill', '-s', 'CONT', unit])
    assert.match(answer, /^250 /)
    assert.isAbove(took, 5000)
    assert.isBelow(took, 30_000)
  })

  test('REL-04: one address, or a program of the server, does not take all of port 25, and submission stays', async ({
    assert,
  }) => {
    const crowd = `
import socket, sys, time
held = [socket.create_connection((sys.argv[1], 25)) for _ in range(60)]
print(sum(one.recv(3) == b"421" for one in held), flush=True)
time.sleep(30)
`
    const unit = ['systemd-run', '--quiet', '--unit=crowd', '--collect', `--uid=${domain.uid}`]
    const out = '--property=StandardOutput=file:/run/crowd'
    await server.exec([...unit, out, 'python3', '-c', crowd, '127.0.0.1'])
    const crowded = async () => Number(await stdoutOf(server.exec(['cat', '/run/crowd'])))
    assert.equal(await until(crowded, (refused) => refused > 0), 40)
    const mine = await Promise.all(Array.from({ length: 30 }, () => Session.open(server.address)))
    const taken = mine.filter(({ greeting }) => greeting.startsWith('220 '))
    assert.lengthOf(taken, 20)
    assert.isTrue(mine.every(({ greeting }) => /^(220|421 4\.7\.0) /.test(greeting)))
    const hanako = 'hanako@ports-test.jp'
    const sent = await swaks(server.address, { from: hanako, as: hanako, to: 'taro@ports-test.jp' })
    assert.match(sent.answer, /^250 /)
    for (const { session } of mine) session.socket.destroy()
    await server.exec(['systemctl', 'stop', 'crowd.service'])
  })

  test('MAIL-11: when nobody counts, who signed in tries again, and mail from elsewhere is taken', async ({
    assert,
  }) => {
    const units = ['tsukasa-mail-policy.socket', 'tsukasa-mail-policy.service']
    await server.exec(['systemctl', 'stop', ...units])
    const hanako = 'hanako@ports-test.jp'
    const more = { to: outsider, quitAfter: 'RCPT' as const }
    const [signedIn] = await recipientsOf(
      swaks(server.address, { from: hanako, as: hanako, ...more })
    )
    const [incoming] = await recipientsOf(
      swaks(server.address, { ...more, from: outsider, to: hanako })
    )
    await server.exec(['systemctl', 'start', units[0]])
    assert.match(signedIn, /^450 4\.7\.1 /)
    assert.match(incoming, /^250 /)
    const one = () => swaks(server.address, { from: hanako, as: hanako, ...more })
    const [again] = await recipientsOf(one())
    assert.match(again, /^250 /)
    await state('alter table sent rename to away')
    const [broken] = await recipientsOf(one())
    await state('alter table away rename to sent')
    assert.match(broken, /^450 4\.7\.1 /)
  })

  test("MAIL-11: a domain's programs send no more than its limit; the rest comes back, and its admin is told in Japanese", async ({
    assert,
  }) => {
    const other = await server.addDomain('ports-program.jp')
    const limits = { sending_per_hour: 5, sending_per_day: 100 }
    await db.from('domains').where('id', other.id).update(limits)
    await server.convergeAll()
    const asOther = ['setpriv', '--reuid', String(other.uid), '--clear-groups', '--']
    const send = (subject: string, ...argv: string[]) =>
      server.exec([...asOther, 'sendmail', ...argv], `Subject: ${subject}\n\nx\n`)
    await send(
      'three',
      '-f',
      'shop@ports-program.jp',
      ...['a', 'b', 'c'].map((one) => `${one}@ports-test.jp`)
    )
    await send('within', 'hanako@ports-test.jp')
    await read('hanako@ports-test.jp', 'within', server)
    await send('beyond', ...['hanako@ports-test.jp', 'taro@ports-test.jp'])
    const back = await told(other, 'SUBJECT', 'Undelivered')
    assert.include(back, 'Too many recipients from programs')
    const message = await told(other, 'HEADER', 'Auto-Submitted', 'auto-generated')
    const [, text] = message.split(/\r?\n\r?\n/)
    const notice = Buffer.from(text, 'base64').toString()
    assert.include(notice, `${other.unixName}@${hostname}`)
    assert.include(notice, '「送信を再開する」')
    assert.notEqual(await statusOf(send('of nobody', '-f', '<>', 'hanako@ports-test.jp')), 0)
    await asDomain(
      'sh',
      '-c',
      "printf 'Subject: neighbour\\n\\nx\\n' | sendmail hanako@ports-test.jp"
    )
    await read('hanako@ports-test.jp', 'neighbour', server)
    const admin = { from: 'admin@ports-program.jp', as: 'admin@ports-program.jp', to: outsider }
    const { answer } = await swaks(server.address, admin)
    assert.match(answer, /^250 /, 'people of the domain have their own')

    const lockOf = async () => {
      await other.refresh()
      const { value, problem } = await programsLock(server.server, other)
      return problem ?? value
    }
    assert.deepInclude(await lockOf(), { kind: 'hour' })
    await wait(1100)
    await other.mail.unlockPrograms(server.actor)
    await server.converge()
    assert.isNull(await lockOf())
    await send('again', 'hanako@ports-test.jp')
    await read('hanako@ports-test.jp', 'again', server)
  })

  /** What its admin got that fits. */
  const told = (of: Domain, ...search: string[]) =>
    until(
      async () => {
        const found = [`admin@${of.name}`, 'text', 'mailbox', 'INBOX', ...search]
        return stdoutOf(server.exec(['doveadm', '-f', 'flow', 'fetch', '-u', ...found]))
      },
      (text) => text !== ''
    )

  const state = (statement: string) =>
    server.exec(['sqlite3', '/var/lib/tsukasa-mail-policy/state.sqlite', statement])
})
