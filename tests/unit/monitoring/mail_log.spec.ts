import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { AgentClient } from '#convergence/agent/client'
import { askQuestion } from '#convergence/agent/requests'
import { LocalServer } from '#tests/support/local_server'

interface Found {
  readonly id: string | null
  readonly at: number
  readonly sender: string
  readonly notice: boolean
  readonly recipients: {
    readonly to: string
    readonly orig_to: string | null
    readonly status: string
    readonly text: string
    readonly done: { readonly what: string; readonly of: string; readonly status?: string }[]
  }[]
}

interface Page {
  readonly messages: Found[]
  readonly reached: number | null
  readonly skipped: string[]
}

/** The clock of the tests is UTC's; a log carries no year. */
const start = DateTime.utc(2026, 11, 22, 12)
const stamp = (seconds: number) => {
  const at = start.plus({ seconds })
  return `${at.toFormat('LLL')} ${String(at.day).padStart(2)} ${at.toFormat('HH:mm:ss')}`
}
const line = (seconds: number, program: string, rest: string) =>
  `${stamp(seconds)} msv000001 postfix/${program}[12]: ${rest}\n`

const session = '9zq4GqCJYWcKBQAAkZ0tyA'
const lmtp = (to: string, text = `250 2.0.0 <${to}> ${session} Saved`) =>
  `to=<${to}>, relay=msv000001[private/dovecot-lmtp], delay=0.1, delays=0.05/0/0/0.05, dsn=2.0.0, status=sent (${text})`

/** One message from outside to a user here. */
function incoming(id: string, at: number, from: string, to: string) {
  return [
    line(at, 'smtpd', `${id}: client=mail.example.com[192.0.2.9]`),
    line(at, 'cleanup', `${id}: message-id=<${id}@example.com>`),
    line(at, 'qmgr', `${id}: from=<${from}>, size=1234, nrcpt=1 (queue active)`),
    line(at + 1, 'lmtp', `${id}: ${lmtp(to)}`),
    line(at + 1, 'qmgr', `${id}: removed`),
  ].join('')
}

/** One message of a signed-in user to somebody elsewhere. */
function outgoing(id: string, at: number, login: string, to: string) {
  return [
    line(
      at,
      'submission/smtpd',
      `${id}: client=unknown[198.51.100.3]:51234, sasl_method=PLAIN, sasl_username=${login}`
    ),
    line(at, 'cleanup', `${id}: message-id=<${id}@here>`),
    line(at, 'qmgr', `${id}: from=<${login}>, size=900, nrcpt=1 (queue active)`),
    line(
      at + 2,
      'smtp',
      `${id}: to=<${to}>, relay=mx.example.net[203.0.113.5]:25, delay=2, delays=0.1/0/1/0.9, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ABC)`
    ),
  ].join('')
}

test.group('MAIL-11: the mail log of a domain', (group) => {
  let server: LocalServer
  let agent: AgentClient
  group.each.setup(async () => {
    server = await LocalServer.create()
    await mkdir(server.path('/var/log/mail'), { recursive: true })
    agent = await server.agent()
    return () => server.remove()
  })

  async function log(content: string | Buffer, name = 'postfix.log', at = start) {
    const path = server.path(`/var/log/mail/${name}`)
    await writeFile(path, content)
    await utimes(path, at.plus({ hours: 1 }).toJSDate(), at.plus({ hours: 1 }).toJSDate())
  }

  async function ask(more: Record<string, unknown> = {}): Promise<Page> {
    const given = {
      domain: 'ours.jp',
      senders: ['d7@msv000001.mngsv.biz'],
      uids: [20_007],
      sender: '',
      recipient: '',
      since: start.minus({ days: 2 }).toSeconds(),
      before: start.plus({ days: 1 }).toSeconds(),
      most: 50,
      ...more,
    }
    return (await askQuestion(agent, 'mail_log', given, 5)) as Page
  }

  async function messagesOf(page: Promise<Page>) {
    const { messages } = await page
    return messages
  }

  const ids = ({ messages }: Page) => messages.map(({ id }) => id)

  test('what came in and went out is told, newest first, with its year', async ({ assert }) => {
    await log(
      incoming('A11111', 0, 'a@example.com', 'taro@ours.jp') +
        outgoing('B22222', 60, 'taro@ours.jp', 'b@example.net')
    )
    const page = await ask()
    assert.deepEqual(ids(page), ['B22222', 'A11111'])
    const [sent, received] = page.messages
    assert.equal(received.at, start.toSeconds())
    assert.equal(received.sender, 'a@example.com')
    assert.equal(received.recipients[0].status, 'sent')
    assert.equal(sent.recipients[0].to, 'b@example.net')
    assert.isNull(page.reached)
  })

  test('messages of others on the same server are not told', async ({ assert }) => {
    await log(
      incoming('A11111', 0, 'a@example.com', 'jiro@theirs.jp') +
        outgoing('B22222', 1, 'jiro@theirs.jp', 'c@example.net') +
        incoming('C33333', 2, 'a@example.com', 'x@not-ours.jp') +
        incoming('D44444', 3, 'a@ours.jp.example.com', 'x@theirs.jp') +
        incoming('E55555', 4, 'a@sub.ours.jp', 'x@theirs.jp')
    )
    assert.deepEqual(ids(await ask()), [])
  })

  test('whoever only claims to be of the domain opens nothing of others to it', async ({
    assert,
  }) => {
    const both = 'F66666'
    await log(
      incoming('A11111', 0, 'boss@ours.jp', 'jiro@theirs.jp') +
        line(10, 'smtpd', `${both}: client=evil.example[192.0.2.66]`) +
        line(10, 'qmgr', `${both}: from=<boss@ours.jp>, size=1, nrcpt=2 (queue active)`) +
        line(11, 'lmtp', `${both}: ${lmtp('jiro@theirs.jp')}`) +
        line(11, 'lmtp', `${both}: ${lmtp('taro@ours.jp')}`)
    )
    const { messages } = await ask()
    assert.lengthOf(messages, 1)
    assert.deepEqual(
      messages[0].recipients.map(({ to }) => to),
      ['taro@ours.jp']
    )
  })

  test('foreign recipients of mail from outside stay hidden', async ({ assert }) => {
    const id = 'A11111'
    await log(
      line(0, 'smtpd', `${id}: client=mail.example.com[192.0.2.9]`) +
        line(0, 'qmgr', `${id}: from=<a@example.com>, size=1, nrcpt=2 (queue active)`) +
        line(1, 'lmtp', `${id}: ${lmtp('taro@ours.jp')}`) +
        line(1, 'lmtp', `${id}: ${lmtp('secret@theirs.jp')}`)
    )
    assert.notInclude(JSON.stringify(await ask()), 'theirs')
  })

  test('a user finds his own mail only', async ({ assert }) => {
    await log(
      incoming('A11111', 0, 'a@example.com', 'taro@ours.jp') +
        incoming('B22222', 1, 'a@example.com', 'hanako@ours.jp') +
        outgoing('C33333', 2, 'hanako@ours.jp', 'x@example.net') +
        outgoing('D44444', 3, 'hanako@ours.jp', 'taro@ours.jp')
    )
    const page = await ask({ address: 'taro@ours.jp', senders: [], uids: [20_010] })
    assert.deepEqual(ids(page), ['D44444', 'A11111'])
  })

  test('capitals in addresses make no difference', async ({ assert }) => {
    await log(incoming('A11111', 0, 'a@example.com', 'Taro@OURS.jp'))
    assert.deepEqual(ids(await ask()), ['A11111'])
    assert.deepEqual(ids(await ask({ address: 'taro@ours.jp' })), ['A11111'])
  })

  test('sender and recipient narrow it down, whole or in part', async ({ assert }) => {
    await log(
      incoming('A11111', 0, 'news@shop.example', 'taro@ours.jp') +
        incoming('B22222', 1, 'friend@example.com', 'hanako@ours.jp') +
        outgoing('C33333', 2, 'taro@ours.jp', 'friend@example.com')
    )
    assert.deepEqual(ids(await ask({ sender: 'shop' })), ['A11111'])
    assert.deepEqual(ids(await ask({ sender: 'friend@example.com' })), ['B22222'])
    assert.deepEqual(ids(await ask({ recipient: 'friend@example.com' })), ['C33333'])
    assert.deepEqual(ids(await ask({ sender: 'taro@ours.jp', recipient: 'example' })), ['C33333'])
    assert.deepEqual(ids(await ask({ sender: 'nobody@example.org' })), [])
  })

  test('programs of the domain send by its uid or as its account', async ({ assert }) => {
    const program = (id: string, at: number, uid: number, from: string) =>
      line(at, 'pickup', `${id}: uid=${uid} from=<${from}>`) +
      line(at, 'qmgr', `${id}: from=<${from}>, size=1, nrcpt=1 (queue active)`) +
      line(
        at,
        'smtp',
        `${id}: to=<x@example.net>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (connect to mx.example.net[203.0.113.5]:25: Connection timed out)`
      )
    await log(
      program('A11111', 0, 20_007, 'd7@msv000001.mngsv.biz') +
        program('B22222', 1, 20_007, 'shop@ours.jp') +
        program('C33333', 2, 20_008, 'd8@msv000001.mngsv.biz')
    )
    assert.deepEqual(ids(await ask()), ['B22222', 'A11111'])
  })

  test('MAIL-03: what was taken away from a program is told, whatever sender it gave', async ({
    assert,
  }) => {
    const program = (id: string, uid: number, from: string) =>
      line(0, 'pickup', `${id}: uid=${uid} from=<${from}>`) +
      line(
        0,
        'cleanup',
        `${id}: milter-discard: END-OF-MESSAGE from localhost[127.0.0.1]: milter triggers DISCARD action; from=<${from}> to=<x@example.net>`
      ) +
      line(0, 'cleanup', `${id}: removed (discarded)`)
    await log(
      program('A11111', 20_007, 'd7@msv000001.mngsv.biz') +
        program('B22222', 20_007, 'wordpress@ours.jp') +
        program('C33333', 20_008, 'wordpress@theirs.jp')
    )
    const found = await messagesOf(ask())
    const told = found.map(({ id, recipients: [one] }) => [id, one.to, one.status, one.text])
    const taken = ['x@example.net', 'refused', 'milter triggers DISCARD action']
    assert.sameDeepMembers(told, [
      ['A11111', ...taken],
      ['B22222', ...taken],
    ])
  })

  test('what was refused is told to whom it concerns', async ({ assert }) => {
    const reject = (at: number, to: string) =>
      line(
        at,
        'smtpd',
        `NOQUEUE: reject: RCPT from mail.example.com[192.0.2.9]: 550 5.1.1 <${to}>: Recipient address rejected: User unknown; from=<a@example.com> to=<${to}> proto=ESMTP helo=<mail.example.com>`
      )
    const virus = line(
      3,
      'cleanup',
      'A11111: milter-reject: END-OF-MESSAGE from mail.example.com[192.0.2.9]: 5.7.1 virus found; from=<v@example.com> to=<taro@ours.jp> proto=ESMTP helo=<x>'
    )
    await log(reject(0, 'nobody@ours.jp') + reject(1, 'nobody@theirs.jp') + virus)
    const { messages } = await ask()
    assert.deepEqual(
      messages.map(({ id, sender, recipients }) => [id, sender, recipients[0].to]),
      [
        ['A11111', 'v@example.com', 'taro@ours.jp'],
        [null, 'a@example.com', 'nobody@ours.jp'],
      ]
    )
  })

  test('what Dovecot did with a delivery belongs to it, and a forwarded copy too', async ({
    assert,
  }) => {
    const copy = 'C0FFEE'
    await log(
      incoming('A11111', 0, 'a@example.com', 'taro@ours.jp') +
        line(1, 'forward/smtpd', `${copy}: client=localhost[127.0.0.1]`) +
        line(1, 'cleanup', `${copy}: message-id=<A11111@example.com>`) +
        line(
          1,
          'qmgr',
          `${copy}: from=<SRS0=x=example.com=a@msv>, size=1, nrcpt=1 (queue active)`
        ) +
        line(
          2,
          'smtp',
          `${copy}: to=<else@example.org>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (timed out)`
        )
    )
    const words = (of: string, user = 'taro@ours.jp', id = session) =>
      `2026-11-22 12:00:01 lmtp(${user})<77><${id}>: Info: sieve: msgid=<A11111@example.com>: ${of}\n`
    await log(
      words('forwarded to <else@example.org>') +
        words("stored mail into mailbox 'JunkMail'") +
        words("stored mail into mailbox 'Other'", 'x@theirs.jp', 'someothersession'),
      'dovecot.log'
    )
    const { messages } = await ask()
    const [{ recipients }] = messages
    assert.deepEqual(
      recipients[0].done.map(({ what, of, status }) => [what, of, status]),
      [
        ['forwarded', 'else@example.org', 'deferred'],
        ['stored', 'JunkMail', undefined],
      ]
    )
  })

  test('MAIL-11: a notice about a sending limit is one of this server, a foreign one is not', async ({
    assert,
  }) => {
    const notice = (id: string, client: string) =>
      line(0, 'forward/smtpd', `${id}: client=${client}`) +
      line(0, 'cleanup', `${id}: message-id=<tsukasa-notice.1795361544.ab@msv000001.mngsv.biz>`) +
      line(0, 'qmgr', `${id}: from=<>, size=1, nrcpt=1 (queue active)`) +
      line(1, 'lmtp', `${id}: ${lmtp('taro@ours.jp')}`)
    await log(notice('A11111', 'localhost[127.0.0.1]') + notice('B22222', 'x.example[192.0.2.1]'))
    const found = await messagesOf(ask())
    assert.sameDeepMembers(
      found.map(({ id, notice: isNotice }) => [id, isNotice]),
      [
        ['A11111', true],
        ['B22222', false],
      ]
    )
  })

  test('an answer is told with the address of a person, also when it went to a rewritten one', async ({
    assert,
  }) => {
    await log(incoming('A11111', 0, 'a@example.com', 'taro@ours.jp'))
    const to = 'SRS0=6QcwnZ6O=JL=ours.jp=sato@msv000001.mngsv.biz'
    await log(
      `2026-11-22 12:00:01 lmtp(taro@ours.jp)<77><${session}>: Info: sieve: msgid=<A11111@example.com>: vacation action: sent vacation response to <${to}>\n`,
      'dovecot.log'
    )
    const [{ recipients }] = await messagesOf(ask())
    const [{ what, of }] = recipients[0].done
    assert.deepEqual([what, of], ['replied', 'sato@ours.jp'])
  })

  test('MAIL-07: a message that was forwarded to us is from whom it came from', async ({
    assert,
  }) => {
    const copy = (id: string, client: string) =>
      line(0, 'forward/smtpd', `${id}: client=${client}`) +
      line(
        0,
        'qmgr',
        `${id}: from=<SRS0=Ab1+=XY=example.com=friend@msv000001.mngsv.biz>, size=1, nrcpt=1 (queue active)`
      ) +
      line(1, 'lmtp', `${id}: ${lmtp('taro@ours.jp')}`)
    await log(copy('A11111', 'localhost[127.0.0.1]') + copy('B22222', 'x.example[192.0.2.1]'))
    assert.deepEqual(ids(await ask({ sender: 'friend@example.com' })), ['A11111'])
    const senders = await messagesOf(ask())
    assert.sameMembers(
      senders.map(({ sender }) => sender),
      ['friend@example.com', 'SRS0=Ab1+=XY=example.com=friend@msv000001.mngsv.biz']
    )
  })

  test('REL-04: what a mailbox did with a message is told to its owner only', async ({
    assert,
  }) => {
    const id = 'A11111'
    const to = (name: string) => line(2, 'lmtp', `${id}: ${lmtp(name)}`)
    const abroad = `to=<x@example.net>, relay=mx.example.net[203.0.113.5]:25, delay=2, delays=0.1/0/1/0.9, dsn=2.0.0, status=sent (250 2.0.0 <x> ${session} Saved)`
    await log(
      outgoing(id, 0, 'taro@ours.jp', 'c@example.net') +
        to('yuki@theirs.jp') +
        to('hanako@ours.jp') +
        line(3, 'smtp', `${id}: ${abroad}`)
    )
    const words = (user: string, of: string) =>
      `2026-11-22 12:00:02 lmtp(${user})<77><${session}>: Info: sieve: msgid=<A>: ${of}\n`
    await log(
      words('yuki@theirs.jp', 'forwarded to <secret@private.example>') +
        words('hanako@ours.jp', "stored mail into mailbox 'Private'"),
      'dovecot.log'
    )
    const whole = JSON.stringify(await ask({ address: 'taro@ours.jp', senders: [], uids: [] }))
    assert.include(whole, 'yuki@theirs.jp')
    assert.notMatch(whole, /secret|Private|forwarded/)
    assert.notInclude(whole, session)
    const [{ recipients }] = await messagesOf(ask())
    for (const { to: address, done } of recipients)
      if (address !== 'hanako@ours.jp') assert.deepEqual(done, [])
  })

  const forged: [string, string][] = [
    [
      'a HELO',
      'NOQUEUE: reject: RCPT from x.example[192.0.2.1]: 550 5.1.1 <a@theirs.jp>: User unknown; from=<e@evil.example> to=<a@theirs.jp> proto=ESMTP helo=<x> ; from=<ceo@bank.jp> to=<taro@ours.jp> proto=ESMTP helo=<y>',
    ],
    [
      'a quoted sender',
      'NOQUEUE: reject: RCPT from x.example[192.0.2.1]: 550 5.1.1 <a@theirs.jp>: User unknown; from=<"x> to=<taro@ours.jp> proto=ESMTP"@evil.example> to=<a@theirs.jp> proto=ESMTP helo=<x>',
    ],
    [
      'a quoted recipient',
      'NOQUEUE: reject: RCPT from x.example[192.0.2.1]: 550 5.1.1 <"; from=<ceo@bank.jp> to=<taro@ours.jp> proto=x"@theirs.jp>: User unknown; from=<e@evil.example> to=<"; from=<ceo@bank.jp> to=<taro@ours.jp> proto=x"@theirs.jp> proto=ESMTP helo=<x>',
    ],
    [
      'a recipient without his quotes',
      'NOQUEUE: reject: RCPT from x.example[192.0.2.1]: 554 5.7.1 <; from=<ceo@bank.jp> to=<taro@ours.jp> proto=x@theirs.jp>: Relay access denied; from=<e@evil.example> to=<"; from=<ceo@bank.jp> to=<taro@ours.jp> proto=x"@theirs.jp> proto=ESMTP helo=<x>',
    ],
    [
      'a HELO that was refused itself',
      'NOQUEUE: reject: EHLO from x.example[192.0.2.1]: 504 5.5.2 <x; from=<ceo@bank.jp> to=<taro@ours.jp> proto=y>: rejected; proto=ESMTP helo=<z>',
    ],
    ['a message id', 'A11111: message-id=<x> to=<taro@ours.jp>, relay=none, status=sent (ok)'],
    [
      'an address of a delivery',
      'A11111: to=<"x>, relay=none, delay=1, delays=1/1/1/1, dsn=2.0.0, status=sent (to=<taro@ours.jp>)"@theirs.jp>, relay=none, delay=1, delays=1/0/0/0, dsn=5.0.0, status=bounced (to=<taro@ours.jp>, relay=none)',
    ],
    [
      'a name that signed in nowhere',
      'A11111: client=x[192.0.2.1], helo=<z>, sasl_method=PLAIN, sasl_username=taro@ours.jp',
    ],
    [
      'the answer of a foreign server',
      'A11111: to=<a@theirs.jp>, relay=mx.evil[192.0.2.1]:25, delay=1, delays=1/0/0/0, dsn=5.0.0, status=bounced (host said: 550 from=<ceo@bank.jp>, size=1, nrcpt=1 (queue active) to=<taro@ours.jp>)',
    ],
  ]
  for (const [what, text] of forged) {
    test(`REL-04: ${what} that looks like a line of the log makes no message`, async ({
      assert,
    }) => {
      await log(line(0, 'smtpd', text))
      assert.deepEqual(await ask(), { messages: [], reached: null, skipped: [] })
    })
  }

  test('REL-04: lines that are no lines end nothing', async ({ assert }) => {
    const noise = [
      'taro@ours.jp',
      `${stamp(0)} taro@ours.jp`,
      'Foo 99 99:99:99 h postfix/smtpd[1]: AAAAAA: to=<taro@ours.jp>',
      `${stamp(0)} h postfix/smtpd[1]: AAAAAA: to=<taro@ours.jp>, relay=${'<"'.repeat(5000)}`,
      `${stamp(0)} h postfix/smtpd[1]: NOQUEUE: reject: RCPT from a[1.2.3.4]: ${'<"a'.repeat(3000)} taro@ours.jp`,
      '\0\0\0@ours.jp',
      Buffer.from([0xff, 0xfe]).toString('latin1'),
    ].join('\n')
    await log(`${noise}\n${incoming('A11111', 5, 'a@example.com', 'taro@ours.jp')}@ours.jp`)
    assert.deepEqual(ids(await ask()), ['A11111'])
  })

  test('days are told apart, also in logs that were rotated and packed', async ({ assert }) => {
    const day = 86_400
    await log(incoming('A11111', 0, 'a@example.com', 'taro@ours.jp'))
    await log(
      incoming('B22222', -day, 'a@example.com', 'taro@ours.jp'),
      'postfix.log-20261122',
      start.minus({ days: 1 })
    )
    await log(
      gzipSync(incoming('C33333', -2 * day, 'a@example.com', 'taro@ours.jp')),
      'postfix.log-20261121.gz',
      start.minus({ days: 2 })
    )
    const since = start.minus({ days: 5 }).toSeconds()
    assert.deepEqual(ids(await ask({ since })), ['A11111', 'B22222', 'C33333'])
    const before = start.minus({ hours: 12 }).toSeconds()
    assert.deepEqual(ids(await ask({ since, before })), ['B22222', 'C33333'])
    const from = start.minus({ hours: 36 }).toSeconds()
    assert.deepEqual(ids(await ask({ since: from, before })), ['B22222'])
  })

  test('a log of the turn of the year belongs to both', async ({ assert }) => {
    const turn = DateTime.utc(2027, 1, 1)
    const at = (when: DateTime, id: string) =>
      incoming(id, when.diff(start).as('seconds'), 'a@example.com', 'taro@ours.jp')
    await log(
      at(turn.minus({ minutes: 10 }), 'A11111') + at(turn.plus({ minutes: 10 }), 'B22222'),
      'postfix.log',
      turn
    )
    const { messages } = await ask({
      since: turn.minus({ days: 1 }).toSeconds(),
      before: turn.plus({ days: 1 }).toSeconds(),
    })
    assert.deepEqual(
      messages.map(({ at: seconds }) => DateTime.fromSeconds(seconds, { zone: 'utc' }).year),
      [2027, 2026]
    )
  })

  test('many messages come in pages without a gap', async ({ assert }) => {
    const all = Array.from({ length: 130 }, (_, n) =>
      incoming(`A${String(n).padStart(5, '0')}`, n * 10, 'a@example.com', 'taro@ours.jp')
    )
    await log(all.join(''))
    const seen = new Set<string | null>()
    let before: number | null = start.plus({ days: 1 }).toSeconds()
    for (let pages = 0; before !== null && pages < 10; pages++) {
      const page: Page = await ask({ before })
      for (const id of ids(page)) seen.add(id)
      before = page.reached === null ? null : page.reached + 1
      assert.isAtMost(page.messages.length, 50)
    }
    assert.equal(seen.size, 130)
  })

  test('a huge log is answered in time, from its end', async ({ assert }) => {
    const others = Array.from({ length: 400 }, (_, n) =>
      incoming(`B${String(n).padStart(5, '0')}`, 0, 'x@example.com', 'y@theirs.jp')
    ).join('')
    const mine = incoming('A11111', 0, 'a@example.com', 'taro@ours.jp')
    await log(mine + others.repeat(1500) + incoming('C33333', 1, 'b@x.jp', 'taro@ours.jp'))
    const began = performance.now()
    const page = await ask()
    assert.isBelow(performance.now() - began, 5200)
    assert.equal(ids(page)[0], 'C33333')
    if (page.reached === null) assert.deepEqual(ids(page), ['C33333', 'A11111'])
  }).timeout(60_000)

  test('a busy domain is answered in time, too', async ({ assert }) => {
    const all = Array.from({ length: 60_000 }, (_, n) =>
      incoming(`B${n.toString(16).padStart(5, '0')}`, n, 'x@example.com', 'taro@ours.jp')
    ).join('')
    await log(all, 'postfix.log', start.plus({ days: 1 }))
    const began = performance.now()
    const page = await ask({ sender: 'nobody' })
    assert.isBelow(performance.now() - began, 5200)
    assert.isNotNull(page.reached)
    const first = await ask()
    assert.lengthOf(first.messages, 50)
  }).timeout(60_000)
})
