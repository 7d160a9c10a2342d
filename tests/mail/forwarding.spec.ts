import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import type Mailbox from '#models/mailbox'
import { answerOf } from '#tests/mail/clients'
import {
  deliver,
  empty,
  messages,
  outsider,
  reloads,
  scored,
  subjectOf,
} from '#tests/mail/delivery'
import { setMail } from '#tests/mail/settings'
import { swaks } from '#tests/mail/swaks'
import { testServer, type TestServer } from '#tests/support/test_server'

interface Queued {
  readonly sender: string
  readonly recipients: readonly { readonly address: string }[]
}

test.group('Forwarding of a mail user', (group) => {
  let server: TestServer
  let taro: Mailbox
  let jiro: Mailbox
  /** Another customer's domain on the same server. */
  const [here, there] = ['taro@forward-test.jp', 'jiro@other-forward.jp']
  group.setup(async () => {
    server = await testServer()
    taro = await server.addMailbox(await server.addDomain('forward-test.jp'), 'taro')
    jiro = await server.addMailbox(await server.addDomain('other-forward.jp'), 'jiro')
  })
  group.each.setup(async () => {
    await empty(server, here)
    await empty(server, there)
    await server.exec(['postsuper', '-d', 'ALL'])
    await limit(taro, 300, 2000)
    await setMail(server, taro)
    await setMail(server, jiro)
  })
  group.teardown(async () => {
    await server.exec(['postsuper', '-d', 'ALL'])
  })

  const forwardTo = (forwards: readonly string[], keep: boolean) =>
    setMail(server, taro, { forwards, columns: { forward_keeps: keep } })

  /** What waits for servers elsewhere, which a test has none of. */
  const queue = async (): Promise<Queued[]> => {
    const { stdout } = await server.exec(['postqueue', '-j'])
    return stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }
  const waitingFor = async (count: number) => {
    for (let tries = 0; tries < 150; tries++) {
      const all = await queue()
      if (all.length === count) return all
      await wait(100)
    }
    throw new Error(`${JSON.stringify(await queue())}: not ${count}`)
  }
  /** Once nothing moves any more. */
  const settled = async () => {
    await wait(1500)
    const [mine, others] = [await messages(server, here), await messages(server, there)]
    return { mine: mine.map(subjectOf), others: others.map(subjectOf) }
  }

  test('MAIL-07: kept, a message is in both mailboxes; not kept, only in the other', async ({
    assert,
  }) => {
    await forwardTo([there], true)
    await deliver(server, { to: here, subject: 'both' })
    await messages(server, there, { atLeast: 1 })
    assert.deepEqual(await settled(), { mine: ['both'], others: ['both'] })
    await forwardTo([there], false)
    await deliver(server, { to: here, subject: 'only there' })
    await messages(server, there, { atLeast: 2 })
    assert.deepEqual(await settled(), { mine: ['both'], others: ['both', 'only there'] })
  })

  test('MAIL-07: from a foreign client to a foreign address, with a sender of this server', async ({
    assert,
  }) => {
    await forwardTo(['a@far.example.com'], true)
    const sent = swaks(server.address, { from: outsider, to: here, subject: 'to the world' })
    assert.match(await answerOf(sent), /^250 2\.0\.0 /)
    const [one] = await waitingFor(1)
    assert.deepEqual(
      one.recipients.map(({ address }) => address),
      ['a@far.example.com']
    )
    assert.match(one.sender, /^SRS0=.*=elsewhere\.example\.com=somebody@/)
    const [kept] = await messages(server, here, { atLeast: 1 })
    assert.equal(subjectOf(kept), 'to the world')
  })

  test('MAIL-07: a hundred addresses each get it', async ({ assert }) => {
    const far = Array.from({ length: 99 }, (_, index) => `a${index}@far${index % 7}.example.com`)
    await forwardTo([there, ...far], false)
    assert.match(await deliver(server, { to: here, subject: 'to a hundred' }), /^250/)
    const [one] = await messages(server, there, { atLeast: 1 })
    assert.equal(subjectOf(one), 'to a hundred')
    const all = await waitingFor(99)
    assert.sameMembers(
      all.flatMap(({ recipients }) => recipients.map(({ address }) => address)),
      far
    )
    assert.isEmpty(await messages(server, here))
  }).timeout(120_000)

  test('MAIL-07: odd addresses are only addresses', async ({ assert }) => {
    const odd = [
      "o'brien+x@far.example.com",
      '${1}@far.example.com',
      '|/bin/sh@far.example.com',
      '/etc/passwd@far.example.com',
      '*@far.example.com',
    ]
    await forwardTo(odd, false)
    await deliver(server, { to: here })
    const all = await waitingFor(odd.length)
    assert.sameMembers(
      all.flatMap(({ recipients }) => recipients.map(({ address }) => address)),
      odd
    )
  })

  test('MAIL-07: from one to the other and back it ends, and somebody has the message', async ({
    assert,
  }) => {
    await forwardTo([there], false)
    await setMail(server, jiro, { forwards: [here], columns: { forward_keeps: false } })
    await deliver(server, { to: here, subject: 'around' })
    await messages(server, here, { atLeast: 1 })
    const { mine, others } = await settled()
    assert.deepEqual([...mine, ...others], ['around'])
    assert.isEmpty(await queue())
  })

  test('MAIL-07: forwarded to himself, a message is there once', async ({ assert }) => {
    for (const keep of [true, false]) {
      await forwardTo([here], keep)
      await deliver(server, { to: here, subject: `to himself, ${keep}` })
    }
    await messages(server, here, { atLeast: 2 })
    const { mine } = await settled()
    assert.deepEqual(mine, ['to himself, true', 'to himself, false'])
  })

  test('MAIL-07: a message that comes twice is forwarded once and lost never', async ({
    assert,
  }) => {
    await forwardTo([there], false)
    const headers = ['Message-ID: <twice@client.example.net>']
    for (const subject of ['first', 'second']) await deliver(server, { to: here, subject, headers })
    await messages(server, there, { atLeast: 1 })
    const { mine, others } = await settled()
    assert.include([...mine, ...others], 'first')
    assert.include([...mine, ...others], 'second')
  })

  test('MAIL-04: spam that is quarantined or deleted is not forwarded, tagged spam is', async ({
    assert,
  }) => {
    for (const action of ['quarantine', 'delete', 'tag']) {
      await setMail(server, taro, { forwards: [there], columns: { spam_action: action } })
      await deliver(server, { to: here, subject: action, headers: scored(20) })
    }
    await messages(server, there, { atLeast: 1 })
    const { others } = await settled()
    assert.deepEqual(others, ['[SPAM] tag'])
  })

  test('MAIL-07: when the way out is shut, the message waits and is not lost', async ({
    assert,
  }) => {
    await forwardTo([there], false)
    await server.exec(['systemctl', 'stop', 'postfix'])
    const refused = await deliver(server, { to: here, subject: 'later' })
    await server.exec(['systemctl', 'start', 'postfix'])
    assert.match(refused, /^451 4\./)
    assert.match(await deliver(server, { to: here, subject: 'later' }), /^250/)
    await messages(server, there, { atLeast: 1 })
  })

  test('MAIL-11: over the limit of an hour a message waits whole, and comes once everywhere', async ({
    assert,
  }) => {
    await limit(taro, 4, 1000)
    const columns = { vacation: true, vacation_text: 'away', user_script: true }
    await setMail(server, taro, { forwards: [there, 'a@far.example.com'], columns })
    assert.match(await deliver(server, { to: here, subject: 'one' }), /^250/)
    const headers = ['Message-ID: <again@client.example.net>']
    const second = { to: here, subject: 'two', headers }
    for (let tries = 0; tries < 3; tries++) assert.match(await deliver(server, second), /^451 4\./)
    await messages(server, there, { atLeast: 1 })
    const { mine, others } = await settled()
    assert.deepEqual([mine.filter(isTest), others.filter(isTest)], [['one'], ['one']])
    await anHourLater()
    assert.match(await deliver(server, second), /^250/)
    await messages(server, there, { atLeast: 2 })
    const after = await settled()
    assert.deepEqual([after.mine.filter(isTest), after.others.filter(isTest)], [both, both])
    const waiting = await queue()
    const outside = waiting.flatMap(({ recipients }) => recipients)
    const copies = outside.filter(({ address }) => address === 'a@far.example.com')
    assert.lengthOf(copies, 2)
    // His own waits with the rest, the admin's does not.
    const told = await server.exec([
      ...['doveadm', 'fetch', '-u', 'admin@forward-test.jp', 'text'],
      ...['mailbox', 'INBOX', 'HEADER', 'Auto-Submitted', 'auto-generated'],
    ])
    const parts = told.stdout.split(/\r?\n\r?\n/)
    const body = Buffer.from(parts[1] ?? '', 'base64').toString()
    assert.include(body, `${here} は`)
    assert.include(body, 'メールは失われていません')
  })

  test('MAIL-11: over the limit of a day a message stays in the mailbox, also of who keeps none', async ({
    assert,
  }) => {
    await limit(taro, 100, 2)
    await forwardTo([there, 'a@far.example.com'], false)
    for (const subject of both) assert.match(await deliver(server, { to: here, subject }), /^250/)
    await messages(server, there, { atLeast: 1 })
    const { mine, others } = await settled()
    assert.deepEqual([mine.filter(isTest), others.filter(isTest)], [['two'], ['one']])
  })

  const both = ['one', 'two']
  const isTest = (subject: string | undefined) => both.includes(subject ?? '')

  async function limit(mailbox: Mailbox, perHour: number, perDay: number) {
    await db
      .from('domains')
      .where('id', mailbox.domainId)
      .update({ sending_per_hour: perHour, sending_per_day: perDay })
    await anHourLater()
  }

  /** What was counted counts no more. */
  const anHourLater = () =>
    server.exec([
      ...['sqlite3', '/var/lib/tsukasa-mail-policy/state.sqlite'],
      `delete from sent where account like 'forwards:%'`,
    ])

  test('REL-02: a new forward counts for the next message and reloads nothing', async ({
    assert,
  }) => {
    const before = await reloads(server)
    for (const subject of ['one', 'two']) {
      await forwardTo(subject === 'one' ? [there] : ['a@far.example.com'], false)
      await deliver(server, { to: here, subject })
    }
    await messages(server, there, { atLeast: 1 })
    const { others } = await settled()
    assert.deepEqual(others, ['one'])
    await waitingFor(1)
    assert.equal(await reloads(server), before)
  })
})
