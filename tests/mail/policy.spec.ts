import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { read, statusOf } from '#tests/mail/clients'
import { recipientsOf, stdoutOf, swaks } from '#tests/mail/swaks'
import { testServer, type TestServer } from '#tests/support/test_server'

const socket = '/var/spool/postfix/private/tsukasa-policy'
const unit = 'tsukasa-mail-policy.service'
const spammer = 'spam@bulk.example.com'

test.group('What Postfix asks before it takes a message, on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let neighbour: Domain
  let taro: Mailbox
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('policy-test.jp')
    neighbour = await server.addDomain('policy-neighbour.jp')
    taro = await server.addMailbox(domain, 'taro')
    await server.addMailbox(domain, 'hanako')
    await server.addMailbox(neighbour, 'jiro')
  })
  group.each.teardown(async () => {
    await db.from('mail_senders').delete()
  })

  const at = (name: string) => `${name}@policy-test.jp`
  const list = (kind: 'allow' | 'reject', pattern: string, mailbox: Mailbox | null = taro) => ({
    ...{ domain_id: domain.id, mailbox_id: mailbox?.id ?? null },
    ...{ list: kind, pattern },
  })

  /** Set as the panel's pages do, and applied; gives how long the apply took and whether anything was activated. */
  async function set(...senders: ReturnType<typeof list>[]) {
    await db.table('mail_senders').multiInsert(senders)
    await server.convergeAll()
  }

  async function limit(perHour: number, perDay: number) {
    await db
      .from('domains')
      .where('id', domain.id)
      .update({
        ...{ sending_per_hour: perHour, sending_per_day: perDay },
      })
    await server.convergeAll()
  }

  async function from(sender: string, to = at('taro'), more = {}) {
    const letter = { from: sender, to, quitAfter: 'RCPT' as const, ...more }
    const [answer] = await recipientsOf(swaks(server.address, letter))
    return answer
  }

  async function pidOf(name: string) {
    const shown = await stdoutOf(server.exec(['systemctl', 'show', '-P', 'MainPID', name]))
    return shown.trim()
  }

  test('MAIL-08: who is on the reject list is refused before his message, others are not', async ({
    assert,
  }) => {
    const pids = await Promise.all(['postfix', 'dovecot'].map(pidOf))
    await set(list('reject', spammer), list('reject', 'junk.example.com'))
    for (const sender of [
      spammer,
      'SPAM@Bulk.Example.COM',
      'x@junk.example.com',
      'x@a.b.junk.example.com',
    ])
      assert.match(await from(sender), /^550 5\.7\.1 .*does not accept/, sender)
    for (const sender of ['other@bulk.example.com', 'x@notjunk.example.com', 'x@example.com', '<>'])
      assert.match(await from(sender), /^250 /, sender)
    assert.match(await from(spammer, at('hanako')), /^250 /, 'another user of the domain')
    assert.deepEqual(await Promise.all(['postfix', 'dovecot'].map(pidOf)), pids)
  })

  test('MAIL-08: one of several recipients refuses, the others get the message', async ({
    assert,
  }) => {
    await set(list('reject', spammer))
    const subject = 'for one of two'
    const to = [at('taro'), at('hanako')]
    const { recipients, answer } = await swaks(server.address, { from: spammer, to, subject })
    assert.match(recipients[0], /^550 /)
    assert.match(recipients[1], /^250 /)
    assert.match(answer, /^250 2\.0\.0 /)
    assert.include(await read(at('hanako'), subject, { address: server.address }), subject)
  })

  test('MAIL-05: the allow list beats the reject list: of the user, of the domain, by address', async ({
    assert,
  }) => {
    const wholeDomain = list('reject', 'bulk.example.com')
    await set(wholeDomain, list('allow', spammer))
    assert.match(await from(spammer), /^250 /)
    assert.match(await from('other@bulk.example.com'), /^550 /)
    await db.from('mail_senders').delete()
    await set(wholeDomain, list('allow', 'bulk.example.com', null))
    assert.match(await from('other@bulk.example.com'), /^250 /)
    await db.from('mail_senders').delete()
    await set(wholeDomain, list('allow', `${server.facts.gateway}/32`))
    assert.match(await from(spammer), /^250 /)
  })

  test("MAIL-08: the admin's list counts for postmaster and webmaster too, and between users of the server", async ({
    assert,
  }) => {
    const admin = await db
      .from('mailboxes')
      .where({ domain_id: domain.id, local_part: 'admin' })
      .first()
    await set(
      { ...list('reject', spammer), mailbox_id: admin.id },
      list('reject', 'policy-neighbour.jp')
    )
    for (const name of ['admin', 'postmaster', 'webmaster'])
      assert.match(await from(spammer, at(name)), /^550 /, name)
    const jiro = 'jiro@policy-neighbour.jp'
    assert.match(await from(jiro, at('taro'), { as: jiro }), /^550 5\.7\.1 /)
    assert.match(await from(jiro, at('hanako'), { as: jiro }), /^250 /)
  })

  test('MAIL-08: without an answer mail is taken, and the next question starts the program again', async ({
    assert,
  }) => {
    await set(list('reject', spammer))
    assert.match(await from(spammer), /^550 /)
    await server.exec(['systemctl', 'kill', '-s', 'KILL', unit])
    assert.match(await from(spammer), /^550 /)
    await server.exec(['systemctl', 'stop', 'tsukasa-mail-policy.socket', unit])
    assert.match(await from(spammer), /^250 /)
    await server.exec(['systemctl', 'start', 'tsukasa-mail-policy.socket'])
    assert.match(await from(spammer), /^550 /)
  })

  test('MAIL-11: who passes the hourly limit waits, is told in Japanese once, and his admin unlocks him', async ({
    assert,
  }) => {
    const hanako = { from: at('hanako'), as: at('hanako') }
    await limit(5, 100)
    const to = Array.from({ length: 7 }, (_, index) => `r${index}@elsewhere.example.com`)
    const sent = await swaks(server.address, { ...hanako, to })
    assert.deepEqual(
      sent.recipients.map((one) => one.slice(0, 9)),
      [...Array(5).fill('250 2.1.5'), ...Array(2).fill('450 4.7.1')]
    )
    assert.match(sent.answer, /^250 2\.0\.0 /)
    for (const name of ['hanako', 'admin']) {
      const body = await notice(name)
      assert.include(body, 'hanako@policy-test.jp は')
      assert.include(body, '約 1 時間で自動的に')
    }
    await server.exec(['systemctl', 'restart', unit])
    assert.match(await from(at('hanako'), to[0], hanako), /^450 4\.7\.1 /)
    assert.match(
      await from('jiro@policy-neighbour.jp', to[0], { as: 'jiro@policy-neighbour.jp' }),
      /^250 /
    )
    await unlock('hanako')
    assert.match(await from(at('hanako'), to[0], hanako), /^250 /)
  })

  test('MAIL-11: who passes the daily limit, or the hourly one again and again, is locked', async ({
    assert,
  }) => {
    await limit(100, 3)
    const sent = await swaks(server.address, {
      ...{ from: at('taro'), as: at('taro') },
      to: Array.from({ length: 4 }, (_, index) => `d${index}@elsewhere.example.com`),
    })
    assert.match(sent.recipients[3], /^550 5\.7\.1 .*Sending is locked/)
    assert.include(await notice('taro'), '24 時間で自動的に')
    await limit(1, 100)
    await unlock('taro')
    for (const expected of [/^450 4\.7\.1 /, /^450 4\.7\.1 /, /^550 5\.7\.1 /]) {
      await forgetLock('taro')
      const to = ['h1@elsewhere.example.com', 'h2@elsewhere.example.com']
      const again = await swaks(server.address, { from: at('taro'), as: at('taro'), to })
      assert.match(again.recipients[1], expected)
    }
    await limit(300, 2000)
  })

  /** The hour is over. */
  async function forgetLock(name: string) {
    await state(
      `delete from locks where account = '${at(name)}'; delete from sent where account = '${at(name)}'`
    )
  }

  const state = (statements: string) =>
    server.exec(['sqlite3', '/var/lib/tsukasa-mail-policy/state.sqlite', statements])

  async function unlock(name: string) {
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await db
      .from('mailboxes')
      .where({ domain_id: domain.id, local_part: name })
      .update({
        sending_unlocked_at: new Date().toISOString().replace('T', ' ').slice(0, 19),
      })
    await server.convergeAll()
  }

  async function notice(name: string) {
    for (let tries = 0; tries < 50; tries++) {
      const { stdout } = await server.exec([
        ...['doveadm', 'fetch', '-u', at(name), 'text'],
        ...['mailbox', 'INBOX', 'HEADER', 'Auto-Submitted', 'auto-generated'],
        // Nobody's automatic answer comes back.
        ...['HEADER', 'Return-Path', '<>'],
      ])
      const parts = stdout.split(/\r?\n\r?\n/)
      const body = Buffer.from(parts.at(-1)?.trim() || parts.at(-2) || '', 'base64').toString()
      if (body.includes('メールアカウント')) return body
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    throw new Error(`${name} got no notice`)
  }

  test('REL-04: the program is nobody in particular, and only Postfix reaches it', async ({
    assert,
  }) => {
    assert.match(await from('x@example.com'), /^250 /)
    const pid = await pidOf(unit)
    const { stdout } = await server.exec(['cat', `/proc/${pid}/status`])
    assert.match(stdout, /^Uid:\t19997\t19997\t19997/m)
    assert.match(stdout, /^NoNewPrivs:\t1/m)
    assert.match(stdout, /^CapBnd:\t0+$/m)
    assert.match(stdout, /^Seccomp:\t2/m)
    for (const path of [
      socket,
      '/var/lib/tsukasa/mail_policy/lists.sqlite',
      '/var/lib/tsukasa-mail-policy/state.sqlite',
    ]) {
      const asked = ['setpriv', '--reuid', String(domain.uid), '--clear-groups', 'test', '-e', path]
      assert.notEqual(await statusOf(server.exec(asked)), 0, path)
    }
  })

  test('MAIL-04: points of a spam check that a sender made up do not arrive', async ({
    assert,
  }) => {
    const subject = 'forged points'
    const headers = ['X-Spam-Level: *************', 'x-spam-status : No, score=-100', 'X-Kept: yes']
    await swaks(server.address, { from: 'x@example.com', to: at('taro'), subject, headers })
    const body = await read(at('taro'), subject, { address: server.address })
    assert.include(body, 'X-Kept: yes')
    assert.notMatch(body, /x-spam-\w+ *: (No, score=-100|\*{13})/i)
  })

  test('the mail log says what became of a message, and customers cannot write or read it', async ({
    assert,
  }) => {
    const subject = 'for the log'
    const { answer } = await swaks(server.address, {
      from: 'x@example.com',
      to: at('taro'),
      subject,
    })
    const id = /queued as (\w+)/.exec(answer)![1]
    await read(at('taro'), subject, { address: server.address })
    const { stdout } = await server.exec(['grep', id, '/var/log/mail/postfix.log'])
    assert.match(
      stdout,
      /^\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ postfix\/lmtp\[\d+\]: \w+: to=<taro@policy-test\.jp>.*status=sent/m
    )
    const asDomain = (...argv: string[]) =>
      server.exec(['setpriv', '--reuid', String(domain.uid), '--clear-groups', '--', ...argv])
    assert.notEqual(await statusOf(asDomain('cat', '/var/log/mail/postfix.log')), 0)
    await asDomain('logger', '-p', 'mail.info', '-t', 'postfix/lmtp[1]', `${id}: to=<forged>`)
    await asDomain('postlog', '-t', 'postfix/lmtp', `${id}: to=<forged>`)
    const after = await server.exec(['cat', '/var/log/mail/postfix.log'])
    assert.notInclude(after.stdout, 'forged')
    const rotated = await server.exec(['logrotate', '-f', '/etc/logrotate.d/tsukasa-mail'])
    assert.equal(rotated.status, 0, rotated.stderr)
    assert.match(await from('x@example.com'), /^250 /)
    const files = await server.exec(['ls', '/var/log/mail'])
    assert.match(files.stdout, /^postfix\.log-\d{8}$/m)
    assert.match(await stdoutOf(server.exec(['cat', '/var/log/mail/postfix.log'])), /connect from/)
  })

  test('MAIL-11: lists and locks hold when the server was restarted', async ({ assert }) => {
    await set(list('reject', spammer))
    const since = Math.floor(Date.now() / 1000)
    await state(
      `insert or replace into locks values ('${at('hanako')}', 'day', ${since}, ${since + 86400}, 1)`
    )
    const hanako = { as: at('hanako') }
    assert.match(await from(at('hanako'), at('taro'), hanako), /^550 5\.7\.1 .*locked/)
    await server.exec(['systemctl', 'reboot'])
    await new Promise((resolve) => setTimeout(resolve, 3000))
    for (let tries = 0; tries < 60 && !(await from('x@example.com')); tries++)
      await new Promise((resolve) => setTimeout(resolve, 500))
    assert.match(await from(spammer), /^550 5\.7\.1 /)
    assert.match(await from(at('hanako'), at('taro'), hanako), /^550 5\.7\.1 .*locked/)
    const units = ['tsukasa-mail-policy.socket', 'tsukasa-srs.service']
    assert.equal(await statusOf(server.exec(['systemctl', 'is-active', ...units])), 0)
  })
})
