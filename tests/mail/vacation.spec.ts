import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { deliver, empty, messages, scored, subjectOf } from '#tests/mail/delivery'
import { setMail } from '#tests/mail/settings'
import { swaks } from '#tests/mail/swaks'
import { testServer, type TestServer } from '#tests/support/test_server'

test.group('Vacation of a mail user', (group) => {
  let server: TestServer
  let taro: Mailbox
  let jiro: Mailbox
  const [here, there] = ['taro@vacation-test.jp', 'jiro@vacation-friend.jp']
  group.setup(async () => {
    server = await testServer()
    taro = await server.addMailbox(await server.addDomain('vacation-test.jp'), 'taro')
    jiro = await server.addMailbox(await server.addDomain('vacation-friend.jp'), 'jiro')
  })
  group.each.setup(async () => {
    await empty(server, here)
    await empty(server, there)
    await setMail(server, jiro)
    await server.exec(['postsuper', '-d', 'ALL'])
    // Whom it answered is forgotten.
    await server.exec(['sh', '-c', 'rm -f /data/domain/vacation-*/home/*/.dovecot.lda-dupes*'])
  })

  const answer = (more: Record<string, unknown> = {}, forwards: string[] = []) =>
    setMail(server, taro, {
      forwards,
      columns: {
        vacation: true,
        vacation_subject: '休暇中です',
        vacation_text: 'また来週\n',
        ...more,
      },
    })
  const write = (more = {}) => deliver(server, { to: here, from: there, ...more })
  const answers = async () => {
    await wait(1200)
    return messages(server, there)
  }

  /** In Japan, so many days from now. */
  const day = (days: number) =>
    new Date(Date.now() + (days * 24 + 9) * 3_600_000).toISOString().slice(0, 10)

  test('who writes is answered once, in Japanese, by a message that asks for no answer', async ({
    assert,
  }) => {
    await answer()
    await write({ subject: 'one' })
    await write({ subject: 'two' })
    const all = await answers()
    assert.lengthOf(all, 1)
    const [reply] = all
    const [, word] = /=\?utf-8\?[bq]\?([^?]+)\?=/i.exec(String(subjectOf(reply)))!
    assert.equal(Buffer.from(word, 'base64').toString(), '休暇中です')
    assert.include(reply, 'また来週')
    assert.match(reply, /^Auto-Submitted: auto-replied/m)
    assert.match(reply, /^From: .*taro@vacation-test\.jp/m)
    assert.match(reply, /^Return-Path: <>|^Return-Path: <MAILER-DAEMON>/m)
    const kept = await messages(server, here)
    assert.deepEqual(kept.map(subjectOf), ['one', 'two'])
  })

  test('REL-01: a subject and a text that look like Sieve or SMTP are only text', async ({
    assert,
  }) => {
    const text = [
      '.',
      '"; redirect "evil@example.com"; #',
      '${subject} ${1} ${hex:41}',
      'text:',
      '.',
      '\\"\\',
      'QUIT',
      '終わり',
    ].join('\n')
    const subject = '"; discard; # ${subject} \\'
    await answer({ vacation_subject: subject, vacation_text: `${text}\n` })
    await write()
    const [reply] = await answers()
    assert.equal(subjectOf(reply)?.trim(), subject)
    assert.include(reply.replaceAll('\r\n', '\n'), `\n${text}\n`)
    assert.lengthOf(await messages(server, here), 1)
    const { stdout } = await server.exec(['postqueue', '-j'])
    assert.notInclude(stdout, 'evil')
  })

  test('REL-01: a long text with a $ is whole', async ({ assert }) => {
    const text = `${'長い行です。'.repeat(10)}\n`.repeat(40).concat('100$\n')
    await answer({ vacation_text: text })
    await write()
    const [reply] = await answers()
    assert.include(reply.replaceAll('\r\n', '\n'), text)
  })

  test('only from its first day to its last', async ({ assert }) => {
    const times = {
      tomorrow: [day(1), day(3)],
      over: [day(-3), day(-1)],
      today: [day(0), day(0)],
    }
    for (const [subject, [from, until]] of Object.entries(times)) {
      await answer({ vacation_from: from, vacation_until: until, vacation_subject: subject })
      await write()
    }
    const all = await answers()
    assert.deepEqual(all.map(subjectOf), ['today'])
  })

  test('spam, lists, reports and automatic mail are not answered', async ({ assert }) => {
    await answer()
    await write({ headers: scored(15) })
    await write({ headers: ['List-Id: <list.example.com>'] })
    await write({ headers: ['Precedence: bulk'] })
    await write({ headers: ['Auto-Submitted: auto-generated'] })
    await deliver(server, { to: here, from: '', fromLine: there })
    assert.isEmpty(await answers())
    assert.lengthOf(await messages(server, here), 5)
  })

  test('two that are away answer each other once', async ({ assert }) => {
    await answer()
    await setMail(server, jiro, {
      columns: { vacation: true, vacation_subject: 'also away', vacation_text: 'x' },
    })
    await write()
    assert.lengthOf(await answers(), 1)
    const mine = await messages(server, here)
    assert.deepEqual(mine.map(subjectOf), ['test'])
  })

  test('MAIL-07: who forwards without keeping answers too', async ({ assert }) => {
    await answer({ forward_keeps: false }, ['a@far.example.com'])
    await write()
    assert.lengthOf(await answers(), 1)
    assert.isEmpty(await messages(server, here))
  })

  test('who writes to him and to somebody who forwards to him is answered once', async ({
    assert,
  }) => {
    const friend = await server.addMailbox(await domainOf(jiro), 'saburo')
    await setMail(server, friend, { forwards: [here] })
    await answer()
    const to = [here, 'saburo@vacation-friend.jp']
    await swaks(server.address, { from: there, as: there, to })
    await messages(server, here, { atLeast: 2 })
    assert.lengthOf(await answers(), 1)
    await friend.remove(server.actor)
    await server.converge()
  })

  const domainOf = (mailbox: Mailbox) => Domain.findOrFail(mailbox.domainId)

  test('another text answers anew', async ({ assert }) => {
    await answer()
    await write()
    await answer({ vacation_text: '予定が変わりました\n' })
    await write()
    assert.lengthOf(await answers(), 2)
  })
})
