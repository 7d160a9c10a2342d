import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { searchMailLog, type LoggedMail } from '#monitoring/mail/log'
import { sendingLocks } from '#monitoring/mail/sending_locks'
import { submit } from '#tests/mail/clients'
import { eicar, gtube, handIn, letter } from '#tests/mail/messages'
import { scanned } from '#tests/mail/scanning'
import { swaks } from '#tests/mail/swaks'
import { answered } from '#tests/mail/answers'
import { testServer, type TestServer } from '#tests/support/test_server'

const ours = 'search-test.jp'
const theirs = 'search-other.jp'
const outsider = 'somebody@elsewhere.example.com'
const at = (name: string, domain = ours) => `${name}@${domain}`

test.group("The log of a real server's mail", (group) => {
  let server: TestServer
  let domain: Domain
  let other: Domain
  let taro: Mailbox
  let hanako: Mailbox
  const began = Math.floor(Date.now() / 1000) * 1000
  group.setup(async () => {
    server = await testServer()
    domain = await withServer(await server.addDomain(ours))
    other = await withServer(await server.addDomain(theirs))
    taro = await server.addMailbox(domain, 'taro')
    hanako = await server.addMailbox(domain, 'hanako')
    await server.addMailbox(other, 'jiro')
    await scanned(server, at('admin'))
  })

  async function withServer(each: Domain) {
    await each.load('server')
    return each
  }

  async function search(
    words: { sender?: string; recipient?: string } = {},
    of: Domain = domain,
    mailbox: Mailbox | null = null
  ): Promise<readonly LoggedMail[]> {
    const days = { since: new Date(began - 60_000), before: new Date(Date.now() + 60_000) }
    const all = { sender: '', recipient: '', ...words, ...days }
    const { messages } = await answered(() => searchMailLog({ domain: of, mailbox }, all))
    return messages
  }

  /** The outcomes of the newest message to it, once they are these; what they were at last otherwise. */
  async function outcome(recipient: string, wanted: string, of: Domain = domain) {
    let told = ''
    for (let tries = 0; tries < 60; tries++) {
      const [newest] = await search({ recipient }, of)
      const all = newest?.recipients.flatMap(({ outcomes }) => outcomes) ?? []
      told = all.map(({ key, of: what }) => [key, what].filter(Boolean).join(' ')).join(', ')
      if (told === wanted) return told
      await wait(250)
    }
    return told
  }

  const send = (from: string, to: string | string[], subject = 'x') =>
    submit(server.address, { from, to, as: from, subject })

  test('MAIL-11: delivered, refused, waiting and returned mail is told as it is', async ({
    assert,
  }) => {
    await send(at('taro'), at('hanako'))
    assert.equal(await outcome(at('hanako'), 'inbox'), 'inbox')
    await swaks(server.address, { from: outsider, to: at('nobody') })
    assert.equal(await outcome(at('nobody'), 'unknown_user'), 'unknown_user')
    await send(at('taro'), 'a@no-such-domain.invalid')
    const gone = await outcome('a@no-such-domain.invalid', 'waits_no_domain')
    assert.oneOf(gone, ['returned_no_domain', 'waits_no_domain'])
  })

  test('MAIL-04: what was quarantined and what was deleted is told so', async ({ assert }) => {
    for (const [action, wanted] of [
      ['quarantine', 'quarantined'],
      ['delete', 'discarded'],
    ] as const) {
      await hanako.setSpamCheck({ on: true, level: 'strict', action }, server.actor)
      await server.converge()
      const message = letter({ from: outsider, subject: action, text: gtube })
      await handIn(server.address, { port: 25, from: outsider, to: at('hanako') }, message)
      assert.equal(await outcome(at('hanako'), wanted), wanted)
    }
    await hanako.setSpamCheck({ on: true, level: 'normal', action: 'tag' }, server.actor)
    await server.converge()
  })

  test('MAIL-08: a sender on the reject list is told as that', async ({ assert }) => {
    await hanako.setSenders('reject', ['enemy.example.com'], server.actor)
    await server.converge()
    await swaks(server.address, { from: 'x@enemy.example.com', to: at('hanako') })
    assert.equal(await outcome(at('hanako'), 'reject_list'), 'reject_list')
  })

  test('MAIL-03: a virus is told as that', async ({ assert }) => {
    const message = letter({
      from: outsider,
      subject: 'virus',
      attachment: { name: 'a.com', content: eicar },
    })
    const answer = await handIn(
      server.address,
      { port: 25, from: outsider, to: at('taro') },
      message
    )
    assert.match(answer, /^5/)
    assert.equal(await outcome(at('taro'), 'virus'), 'virus')
  })

  test('MAIL-03: a virus that a program sent is told to the domain, and its admin is warned', async ({
    assert,
  }) => {
    const uid = String(domain.uid)
    const message = letter({
      from: at('wordpress'),
      subject: 'program',
      attachment: { name: 'a.com', content: eicar },
    })
    const as = ['setpriv', '--reuid', uid, '--regid', uid, '--clear-groups']
    const argv = [...as, 'sendmail', '-f', at('wordpress'), 'a@far.example.com']
    const handed = await server.exec(argv, message)
    assert.equal(handed.status, 0, handed.stderr)
    assert.equal(await outcome('a@far.example.com', 'virus_discarded'), 'virus_discarded')
    assert.equal(await outcome(at('admin'), 'inbox'), 'inbox')
  })

  test('MAIL-07: a forwarded message is told with where it went', async ({ assert }) => {
    await taro.setForwarding({ to: [at('jiro', theirs)], keep: true }, server.actor)
    await server.converge()
    await swaks(server.address, { from: outsider, to: at('taro'), subject: 'forward me' })
    const wanted = `forwarded ${at('jiro', theirs)}, inbox`
    assert.equal(await outcome(at('taro'), wanted), wanted)
    assert.equal(await outcome(at('jiro', theirs), 'inbox', other), 'inbox')
    await taro.setForwarding({ to: [], keep: true }, server.actor)
    await server.converge()
  })

  test('REL-04: who writes to somebody does not see where he forwards his mail', async ({
    assert,
  }) => {
    await taro.setForwarding({ to: ['secret@private.invalid'], keep: true }, server.actor)
    await server.converge()
    await send(at('jiro', theirs), at('taro'), 'where does it go')
    assert.equal(await outcome(at('taro'), 'delivered', other), 'delivered')
    await send(at('hanako'), at('taro'), 'and from next door')
    await outcome(at('taro'), 'forward_waits secret@private.invalid, inbox')
    const seen = [await search({}, other), await search({}, domain, hanako)]
    assert.notMatch(JSON.stringify(seen), /secret|private/)
    assert.include(JSON.stringify(await search({}, domain, taro)), 'secret@private.invalid')
    await taro.setForwarding({ to: [], keep: true }, server.actor)
    await server.converge()
  })

  test('REL-04: who has the name of a former user sees nothing of him', async ({ assert }) => {
    const former = await server.addMailbox(domain, 'former')
    await send(at('taro'), at('former'), 'for the former one')
    await outcome(at('former'), 'inbox')
    assert.isNotEmpty(await search({}, domain, former))
    await former.remove(server.actor)
    await server.converge()
    await wait(2000)
    const next = await server.addMailbox(domain, 'former')
    assert.isEmpty(await search({}, domain, next))
  })

  test("REL-04: the other domain's mail is its own, also of one message to both", async ({
    assert,
  }) => {
    await swaks(server.address, { from: outsider, to: [at('hanako'), at('jiro', theirs)] })
    await outcome(at('hanako'), 'inbox')
    await send(at('jiro', theirs), at('admin', theirs))
    await outcome(at('admin', theirs), 'inbox', other)
    const mine = await search()
    assert.isNotEmpty(mine)
    const seen = mine.filter(({ login }) => login !== at('taro'))
    for (const { recipients } of seen) {
      for (const { address } of recipients) assert.notInclude(address, theirs)
    }
    assert.notInclude(JSON.stringify(mine), at('admin', theirs))
    const its = await search({}, other)
    assert.include(JSON.stringify(its), at('admin', theirs))
    for (const { recipients } of its.filter(({ sender }) => sender === outsider))
      for (const { address } of recipients) assert.notInclude(address, ours)
  })

  test('REL-04: a user finds what he sent and received, not what his neighbour did', async ({
    assert,
  }) => {
    const his = await search({}, domain, hanako)
    assert.isNotEmpty(his)
    const text = JSON.stringify(his.map(({ recipients }) => recipients))
    assert.include(text, at('hanako'))
    assert.notInclude(text, at('nobody'))
    for (const { recipients, login } of his) {
      if (login === at('hanako')) continue
      for (const { address } of recipients) assert.equal(address, at('hanako'))
    }
  })

  test('security.md: HELO, sender and message id cannot make up a message', async ({ assert }) => {
    const before = await search({ recipient: 'jiro' })
    const lie = `x) ; from=<ceo@bank.example> to=<${at('taro')}> proto=ESMTP helo=<y`
    const script = `
import smtplib, sys
host, us, them, lie = sys.argv[1:]
def talk(helo, sender, rcpt, data=None):
    s = smtplib.SMTP(host, 25, timeout=20)
    s.docmd('EHLO', helo)
    s.docmd('MAIL', 'FROM:<%s>' % sender)
    s.docmd('RCPT', 'TO:<%s>' % rcpt)
    if data:
        try:
            s.data(data)
        except smtplib.SMTPException:
            pass
    s.close()
talk(lie, 'e@evil.example', 'nobody@' + them)
talk('x.example', '"x> to=<taro@%s> proto=ESMTP"@evil.example' % us, 'nobody@' + them)
talk('x.example', 'e@evil.example', '"; from=<ceo@bank.example> to=<taro@%s> proto=x"@%s' % (us, them))
talk('x.example', 'ceo@' + us, 'jiro@' + them)
talk('x.example', 'e@evil.example', 'jiro@' + them, b'Message-ID: <x> to=<taro@' + us.encode() + b'>, relay=none, status=sent (ok)\\r\\nSubject: to=<taro@' + us.encode() + b'>\\r\\n\\r\\nx')
`
    const { status, stderr } = await server.exec([
      'python3',
      '-c',
      script,
      ...[server.address, ours, theirs, lie],
    ])
    assert.equal(status, 0, stderr)
    await wait(2000)
    const all = JSON.stringify(await search())
    assert.notInclude(all, 'ceo@bank.example')
    assert.notInclude(all, 'evil.example')
    const after = await search({ recipient: 'jiro' })
    assert.lengthOf(after, before.length)
    // Who claims to be of the domain does not show it whom he wrote to.
    assert.notInclude(all, '"ceo@')
  })

  test('MAIL-11: who sent too much is shown as locked, until he is unlocked', async ({
    assert,
  }) => {
    const columns = { id: taro.id, localPart: 'taro', sendingUnlockedAt: null }
    const asked = async () => {
      const locks = await answered(() => sendingLocks(server.server, domain, [columns]))
      return locks.get(taro.id)
    }
    assert.isUndefined(await asked())
    await domain.mail.setSendingLimits({ perHour: 2, perDay: 1000 }, server.actor)
    await server.converge()
    for (let n = 0; n < 4; n++) await send(at('taro'), at('admin'), `n${n}`)
    const lock = await asked()
    assert.equal(lock?.kind, 'hour')
    assert.closeTo(lock!.since.getTime(), Date.now(), 60_000)
    const told = await search({ sender: at('taro'), recipient: at('admin') })
    assert.equal(told[0].recipients[0].outcomes[0].key, 'sending_limit')

    await wait(1100)
    await taro.unlockSending(server.actor)
    await server.converge()
    await taro.refresh()
    const { value } = await sendingLocks(server.server, domain, [
      { ...columns, sendingUnlockedAt: taro.sendingUnlockedAt!.toJSDate() },
    ])
    assert.isFalse(value!.has(taro.id))
  })

  test('MAIL-11: who asks does not wait behind an apply', async ({ assert }) => {
    const applying = server.convergeAll()
    const asking = performance.now()
    await search()
    const took = performance.now() - asking
    await applying
    assert.isBelow(took, 3000)
  })
})
