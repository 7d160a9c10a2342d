import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import {
  answerOf,
  noticesOfOneLock,
  PolicyProgram,
  question,
} from '#tests/hostile/mail/policy_program'
import { shown } from '#tests/support/shown'

const taro = 'taro@example.jp'
const unwanted = /^550 5\.7\.1 The recipient does not accept/

test.group('The policy program, asked by nobody well-meaning', (group) => {
  let program: PolicyProgram
  group.setup(async () => {
    program = await PolicyProgram.start()
    return () => program.stop()
  })

  const from = (sender: string, more = {}) =>
    program.ask({ sender, recipient: taro, client_address: '198.51.100.7', ...more })

  async function isWell(assert: { match(text: string, shape: RegExp): void }) {
    program.set({ rejected: { [taro]: ['bulk.example.com'] } })
    assert.match(await from('x@bulk.example.com'), unwanted)
  }

  const spellings = [
    'X@BULK.example.com',
    'x@bulk.example.com.',
    '"x"@bulk.example.com',
    '"x\\y"@bulk.example.com',
    '"x y"@bulk.example.com',
    '"a@b"@bulk.example.com',
    '"<script>"@a.bulk.example.com',
    '|command@bulk.example.com',
    '":include:/etc/passwd"@bulk.example.com',
    "x'/**/OR/**/'1'='1@bulk.example.com",
    '名前@bulk.example.com',
    '@bulk.example.com',
  ]
  test('MAIL-08: {shown} is a sender of the rejected domain')
    .with(shown(spellings))
    .run(async ({ assert }, { text }) => {
      program.set({ rejected: { [taro]: ['bulk.example.com'] } })
      assert.match(await from(text), unwanted)
      assert.match(await from(text, { recipient: '"TARO"@Example.JP.' }), unwanted)
    })

  const others = [
    '',
    'x@notbulk.example.com',
    'x@bulk.example.com.example.net',
    'x@example.com',
    'x@com',
    'bulk.example.com',
    'bulk.example.com@example.net',
    '"x@bulk.example.com"@example.net',
    'x@[198.51.100.7]',
    'x@[IPv6:::1]',
    'x@bulk.example.com\u0000',
    '%@%',
    '*@*',
  ]
  test('MAIL-08: {shown} is not')
    .with(shown(others))
    .run(async ({ assert }, { text }) => {
      program.set({ rejected: { [taro]: ['bulk.example.com'] } })
      assert.equal(await from(text), 'DUNNO')
    })

  test('MAIL-08: a pattern means what it says: no wildcard, expression or half an address', async ({
    assert,
  }) => {
    const patterns = [
      '*@example.com',
      '*',
      '.*',
      '%',
      '.example.com',
      'example',
      '@example.com',
      '',
    ]
    program.set({ rejected: { [taro]: patterns } })
    assert.equal(await from('x@example.com'), 'DUNNO')
    program.set({ rejected: { [taro]: ['名前.example', 'xn--t8jx73hngb.example', 7, null, {}] } })
    assert.equal(await from('x@example.com'), 'DUNNO')
  })

  test('MAIL-08: an IDN domain is the same in both spellings', async ({ assert }) => {
    program.set({ rejected: { [taro]: ['xn--wgv71a.example'] } })
    assert.match(await from('x@日本.example'), unwanted)
    assert.match(await from('x@XN--WGV71A.example'), unwanted)
    assert.equal(await from('x@本日.example'), 'DUNNO')
  })

  test('MAIL-05: networks are IPv4 in dotted decimals, and nothing that only looks so', async ({
    assert,
  }) => {
    const fits = async (pattern: string, client: string) => {
      program.set({
        rejected: { [taro]: ['example.com'] },
        allowed: { [taro]: [pattern] },
      })
      return (await from('x@example.com', { client_address: client })) === 'DUNNO'
    }
    assert.isTrue(await fits('198.51.100.0/24', '198.51.100.255'))
    assert.isFalse(await fits('198.51.100.0/24', '198.51.101.0'))
    assert.isTrue(await fits('198.51.100.7', '198.51.100.7'))
    assert.isTrue(await fits('0.0.0.0/0', '203.0.113.1'))
    for (const [pattern, client] of [
      ['198.51.100.7/33', '198.51.100.7'],
      ['198.51.100.999', '198.51.100.7'],
      ['198.51.100.0/24', 'unknown'],
      ['198.51.100.0/24', '::ffff:198.51.100.7'],
      ['198.51.100.0/24', '198.51.100.0/24'],
      ['198.51.100.0/24', '3325256711'],
      ['0.0.0.0/0', 'unknown'],
    ]) {
      assert.isFalse(await fits(pattern, client), `${pattern} ${client}`)
    }
  })

  test('REL-04: an attribute that comes twice, or hides a line, is one value', async ({
    assert,
  }) => {
    program.set({ rejected: { [taro]: ['bulk.example.com'] } })
    const socket = await program.open()
    const answer = answerOf(socket)
    socket.write(
      `protocol_state=RCPT\nsender=x@example.com\nsender=x@bulk.example.com\nrecipient=${taro}\n\n`
    )
    assert.match(await answer, unwanted)
    assert.equal(await from('x@bulk.example.com\rsender=x@example.com'), 'DUNNO')
    socket.destroy()
  })

  const garbage: [string, Buffer][] = [
    ['bytes', randomBytes(50_000)],
    ['empty questions', Buffer.from('\n\n\n\n\n\n')],
    ['no names', Buffer.from('=\n==\n===x\n\n')],
    ['no values', Buffer.from('sender\nrecipient\nprotocol_state\n\n')],
    ['NUL', Buffer.from(`protocol_state=RCPT\nsender=\0@\0\nrecipient=\0\n\n`)],
    [
      'not UTF-8',
      Buffer.from([...Buffer.from('protocol_state=RCPT\nsender='), 0xff, 0xfe, 0x0a, 0x0a]),
    ],
    [
      'a surrogate',
      Buffer.from('protocol_state=RCPT\nsender=\u00ed\u00a0\u0080@x\nrecipient=x@y\n\n', 'latin1'),
    ],
    [
      'a port that is none',
      Buffer.from(
        'protocol_state=RCPT\npolicy_context=forwarded\nclient_address=x\nclient_port=-1\n\n'
      ),
    ],
    ['100,000 attributes', Buffer.from(`${'a=b\n'.repeat(100_000)}\n`)],
    ['one of 10 MB', Buffer.from(`sender=${'x'.repeat(10 * 2 ** 20)}\n\n`)],
    ['one that never ends', Buffer.from('x'.repeat(2 ** 20))],
  ]
  for (const [name, bytes] of garbage) {
    test(`REL-04: garbage (${name}) hurts nobody else`, async ({ assert }) => {
      const socket = await program.open()
      socket.on('error', () => {}).on('data', () => {})
      socket.write(bytes)
      await wait(50)
      await isWell(assert)
      socket.destroy()
      await isWell(assert)
    })
  }

  test('REL-04: a long local part with quotes and backslashes costs no more than it is long', async ({
    assert,
  }) => {
    const began = performance.now()
    await from(`"${'\\'.repeat(30_000)}"@bulk.example.com`)
    await from(`${'a.'.repeat(30_000)}@${'a.'.repeat(1000)}example.com`)
    await from(`x@${'日本.'.repeat(3000)}example`)
    assert.isBelow(performance.now() - began, 1000)
  })

  test('REL-04: who does not read his answers, or sends a byte a second, holds nobody up', async ({
    assert,
  }) => {
    await isWell(assert)
    const deaf = await program.open()
    deaf.pause().on('error', () => {})
    for (let n = 0; n < 200; n++) deaf.write(question({ sender: 'x@y' }).repeat(100))
    const slow = await program.open()
    slow.on('error', () => {})
    slow.write('sender=')
    const began = performance.now()
    for (let n = 0; n < 20; n++) assert.match(await from('x@bulk.example.com'), unwanted)
    slow.write('x')
    deaf.destroy()
    slow.destroy()
    assert.isBelow(performance.now() - began, 5000)
  })

  test('REL-04: 200 connections at once all get their answers, and 1,200 leave room for the newest', async ({
    assert,
  }) => {
    program.set({ rejected: { [taro]: ['bulk.example.com'] } })
    const sockets = await Promise.all(Array.from({ length: 200 }, () => program.open()))
    const ask = { sender: 'x@bulk.example.com', recipient: taro }
    for (let n = 0; n < 5; n++) {
      const answers = await Promise.all(sockets.map((socket) => program.ask(ask, socket)))
      assert.isTrue(answers.every((answer) => unwanted.test(answer)))
    }
    const more = await Promise.all(Array.from({ length: 1000 }, () => program.open()))
    for (const socket of [...sockets, ...more]) socket.on('error', () => {})
    assert.match(await program.ask(ask, more.at(-1)), unwanted)
    for (const socket of [...sockets, ...more]) socket.destroy()
    await isWell(assert)
  })

  test('MAIL-11: 200 connections at once of one account pass no more than its limit', async ({
    assert,
  }) => {
    program.set({ limits: { 'example.jp': { hour: 37, day: 1000 } } })
    const sockets = await Promise.all(Array.from({ length: 200 }, () => program.open()))
    const ask = { sender: taro, recipient: 'x@far.example.com', sasl_username: taro }
    const answers = await Promise.all(sockets.map((socket) => program.ask(ask, socket)))
    assert.lengthOf(
      answers.filter((answer) => answer === 'DUNNO'),
      37
    )
    assert.lengthOf(
      answers.filter((answer) => answer.startsWith('450 4.7.1 ')),
      163
    )
    for (const socket of sockets) socket.destroy()
  })

  test('MAIL-11: another spelling of the account is the same account', async ({ assert }) => {
    program.set({ limits: { 'example.jp': { hour: 2, day: 10 } } })
    const ask = { sender: 'x@example.jp', recipient: 'x@far.example.com' }
    const answers = []
    for (const account of ['jiro@example.jp', 'JIRO@example.jp', 'Jiro@Example.JP'])
      answers.push(await program.ask({ ...ask, sasl_username: account }))
    assert.deepEqual(answers.slice(0, 2), ['DUNNO', 'DUNNO'])
    assert.match(answers[2], /^450 /)
  })

  test('MAIL-11: unlocked, it may send its limit again; unlocked twice at the same moment counts once', async ({
    assert,
  }) => {
    const limits = { 'example.jp': { hour: 2, day: 10 } }
    const ask = { recipient: 'x@far.example.com', sasl_username: 'saburo@example.jp' }
    const often = async (times: number) => {
      let answer = ''
      for (let n = 0; n < times; n++) answer = await program.ask(ask)
      return answer
    }
    program.set({ limits })
    assert.match(await often(3), /^450 /)
    const at = Math.floor(Date.now() / 1000) + 1
    program.set({ limits, unlocked: { 'saburo@example.jp': at } })
    assert.equal(await often(2), 'DUNNO')
    assert.match(await often(1), /^450 /)
    assert.match(await often(1), /^450 /)
    program.set({ limits, unlocked: { 'saburo@example.jp': at + 1 } })
    assert.equal(await often(1), 'DUNNO')
  })

  const forget = (account: string) =>
    ['sent', 'locks'].map((table) => `delete from ${table} where account = '${account}';`).join('')

  test('MAIL-11: what was sent before the last hour, and the last day, counts no more', async ({
    assert,
  }) => {
    const account = 'rokuro@example.jp'
    program.set({ limits: { 'example.jp': { hour: 5, day: 10 } } })
    const cases: [minutes: number, recipients: number, answer: RegExp][] = [
      [57, 4, /^DUNNO$/],
      [57, 5, /^450 4\.7\.1 /],
      [62, 9, /^DUNNO$/],
      [1437, 10, /^550 5\.7\.1 /],
      [1442, 10, /^DUNNO$/],
    ]
    for (const [minutes, recipients, answer] of cases) {
      const minute = Math.floor(Date.now() / 60_000) - minutes
      const sent = `insert into sent values ('${account}', ${minute}, ${recipients});`
      program.locksOf(account, forget(account) + sent)
      const ask = { recipient: 'x@far.example.com', sasl_username: account }
      assert.match(await program.ask(ask), answer, `${recipients} ${minutes} minutes ago`)
    }
  })

  test('MAIL-11: a lock ends after an hour, the third within a day after 24 hours, unless it was unlocked', async ({
    assert,
  }) => {
    const account = 'nanako@example.jp'
    const limits = { 'example.jp': { hour: 1, day: 100 } }
    program.set({ limits })
    const ask = { recipient: 'x@far.example.com', sasl_username: account }
    const lockedAgain = async () => {
      program.locksOf(account, forget(account))
      assert.equal(await program.ask(ask), 'DUNNO')
      const answer = await program.ask(ask)
      return [answer.slice(0, 9), ...program.locksOf(account)]
    }
    const hour = ['450 4.7.1', { kind: 'hour', lasts: 3600 }]
    const day = ['550 5.7.1', { kind: 'day', lasts: 86_400 }]
    for (const expected of [hour, hour, day]) assert.deepEqual(await lockedAgain(), expected)

    const yesterday = `update hours set at = at - 86500 where account = '${account}';`
    program.locksOf(account, yesterday)
    assert.deepEqual(await lockedAgain(), hour)
    const over = `update locks set until = ${Math.floor(Date.now() / 1000) - 1};`
    program.locksOf(account, `${over} delete from sent where account = '${account}'`)
    assert.equal(await program.ask(ask), 'DUNNO')

    await lockedAgain()
    program.set({ limits, unlocked: { [account]: Math.floor(Date.now() / 1000) } })
    assert.deepEqual(await lockedAgain(), hour)
  })

  test('MAIL-11: a lock is told once; what could not be sent is told later, after a fault of the disk too', async ({
    assert,
  }) => {
    assert.equal(await noticesOfOneLock(), '2 taro@example.jp hour')
  })

  test('MAIL-11: whose limit cannot be read tries again; who has none is not limited', async ({
    assert,
  }) => {
    program.set({ limits: { 'example.jp': 'x' } })
    const ask = { recipient: 'x@far.example.com', sasl_username: 'shiro@example.jp' }
    assert.match(await program.ask(ask), /^450 4\.7\.1 /)
    program.set({})
    assert.equal(await program.ask(ask), 'DUNNO')
  })

  const programs = { 'example.jp': 'd7@mail.example.jp' }
  const mailOf = (sender: string, recipients: string | number = 1) =>
    program.ask({ policy_context: 'program', sender, recipient_count: String(recipients) })

  test('MAIL-11: programs of a domain send no more than its limit, whatever sender of it they give', async ({
    assert,
  }) => {
    program.set({ programs, limits: { 'd7@mail.example.jp': { hour: 10, day: 20 } } })
    assert.equal(await mailOf('d7@mail.example.jp', 4), 'DUNNO')
    assert.equal(await mailOf('Info@Example.JP', 4), 'DUNNO')
    assert.match(await mailOf('"shop"@example.jp.', 3), /^550 5\.7\.1 /)
    assert.match(await mailOf('d7@mail.example.jp', 1), /^550 5\.7\.1 /, 'for an hour')
    for (const other of ['', 'root@mail.example.jp', 'x@other.example.jp'])
      assert.equal(await mailOf(other, 100), 'DUNNO', other)
    const people = { recipient: 'x@far.example.com', sasl_username: 'goro@example.jp' }
    program.set({ programs, limits: { 'example.jp': { hour: 10, day: 20 } } })
    assert.equal(await program.ask(people), 'DUNNO', 'people of the domain have their own')
  })

  test('MAIL-11: programs that were stopped send again at once when they are let, and are counted anew', async ({
    assert,
  }) => {
    const account = 'd9@mail.example.jp'
    const lists = {
      programs: { 'example.jp': account },
      limits: { [account]: { hour: 3, day: 20 } },
    }
    program.set(lists)
    assert.match(await mailOf('x@example.jp', 4), /^550 /)
    assert.match(await mailOf('x@example.jp'), /^550 /)
    const at = Math.floor(Date.now() / 1000) + 1
    program.set({ ...lists, unlocked: { [account]: at } })
    assert.equal(await mailOf('x@example.jp', 3), 'DUNNO')
    assert.match(await mailOf('x@example.jp'), /^550 /, 'let once, stopped again')
    assert.match(await mailOf('x@example.jp'), /^550 /, 'the same permission is none')
  })

  test('MAIL-11: a count that is none counts one', async ({ assert }) => {
    program.set({
      programs: { 'example.jp': 'd8@mail.example.jp' },
      limits: { 'd8@mail.example.jp': { hour: 3, day: 20 } },
    })
    for (const count of ['-5', '0', '1']) assert.equal(await mailOf('x@example.jp', count), 'DUNNO')
    assert.match(await mailOf('x@example.jp', '9'.repeat(30)), /^550 /)
  })

  test('MAIL-02: the port for forwarded mail says no to whom it cannot see', async ({ assert }) => {
    const ask = { policy_context: 'forwarded', recipient: 'x@far.example.com' }
    for (const [address, port] of [
      ['127.0.0.1', '1'],
      ['unknown', '5'],
      ['127.0.0.1', ''],
      ['127.0.0.1', '99999999'],
      ['::1', '25'],
    ]) {
      assert.match(
        await program.ask({ ...ask, client_address: address, client_port: port }),
        /^450 4\.7\.1 /
      )
    }
    assert.match(await program.ask(ask), /^450 4\.7\.1 /)
  })

  test('REL-04: after all of it the program is the same one, and small', async ({ assert }) => {
    const status = await readFile(`/proc/${program.pid}/status`, 'utf8')
    assert.isBelow(Number(/VmRSS:\s+(\d+)/.exec(status)![1]), 64 * 1024)
    const socket = await program.open()
    socket.end()
    await once(socket.resume(), 'close')
  })
})

test.group('The policy program, asked about what mailboxes forward and answer', (group) => {
  let program: PolicyProgram
  group.setup(async () => {
    program = await PolicyProgram.start({ asDovecot: true })
    return () => program.stop()
  })

  const to = Array.from({ length: 20 }, (_, index) => `a${index}@far${index}.example.com`)
  const limited = (hour: number, day: number, mailbox: string) => ({
    limits: { 'example.jp': { hour, day } },
    forwarding: { 30071: { mailbox, to }, 30072: { mailbox: 'answers@example.jp', to: [] } },
  })
  const ask = (recipient: string, uid = 30071) =>
    program.ask({
      ...{ policy_context: 'forwarded', sender: 'x@far.example.com', recipient },
      ...{ client_address: '127.0.0.1', client_port: String(uid) },
    })
  /** As Sieve does: whom the first refusal ends. */
  async function forward() {
    const answers: string[] = []
    for (const each of to) {
      answers.push(await ask(each))
      if (answers.length === 1 && answers[0] !== 'DUNNO') break
    }
    return answers.map((answer) => answer.slice(0, 9))
  }
  const all = to.map(() => 'DUNNO')

  test('MAIL-11: a message goes to all forwards of a mailbox or to none, and no more leave than the hour allows', async ({
    assert,
  }) => {
    program.set(limited(45, 1000, 'hour@example.jp'))
    assert.deepEqual(await forward(), all)
    assert.deepEqual(await forward(), all)
    assert.deepEqual(await forward(), ['450 4.7.1'])
    for (let n = 0; n < 5; n++) assert.equal(await ask(`sender${n}@example.net`), 'DUNNO')
    assert.match(await ask('sender@example.net'), /^450 4\.7\.1 /, 'an answer')
    assert.equal(await ask('sender@example.net', 30072), 'DUNNO', 'of somebody else')
  })

  test('MAIL-11: 50 deliveries at once count as one after the other', async ({ assert }) => {
    program.set(limited(100, 1000, 'crowd@example.jp'))
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(to[0])))
    assert.lengthOf(
      answers.filter((answer) => answer === 'DUNNO'),
      5
    )
  })

  test('MAIL-11: over the limit of a day, or with more forwards than an hour allows, mail stays in the mailbox', async ({
    assert,
  }) => {
    program.set(limited(300, 20, 'day@example.jp'))
    assert.deepEqual(await forward(), all)
    assert.deepEqual(await forward(), ['550 5.7.1'])
    program.set(limited(19, 1000, 'many@example.jp'))
    assert.deepEqual(await forward(), ['550 5.7.1'])
    program.set(limited(0, 0, 'none@example.jp'))
    assert.deepEqual(await forward(), ['550 5.7.1'])
    assert.match(await ask('sender@example.net', 30072), /^550 /)
  })

  test('MAIL-11: what he sends himself is counted apart', async ({ assert }) => {
    program.set(limited(20, 1000, 'taro@example.jp'))
    assert.deepEqual(await forward(), all)
    const own = { recipient: 'x@far.example.com', sasl_username: 'taro@example.jp' }
    assert.equal(await program.ask(own), 'DUNNO')
  })

  test('MAIL-07: of whom nothing is known he forwards; whose row cannot be read waits', async ({
    assert,
  }) => {
    program.set({})
    assert.equal(await ask(to[0]), 'DUNNO')
    program.set({ ...limited(20, 1000, 'x@example.jp'), forwarding: { 30071: [] } })
    assert.equal(await ask(to[0]), 'DUNNO')
    program.set({ ...limited(20, 1000, 'x@example.jp'), forwarding: { 30071: 'x' } })
    assert.match(await ask(to[0]), /^450 4\.7\.1 /)
  })
})
