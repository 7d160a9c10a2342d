import { test } from '@japa/runner'
import MailSender from '#models/mail_sender'
import OperationLog from '#models/operation_log'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { chosenJunkOf, deleteJunk, junkOf, releaseJunk, type JunkPage } from '#monitoring/mail/junk'
import { domainUsage, mailboxUsages } from '#monitoring/mail/usage'
import { read } from '#tests/mail/clients'
import { answered } from '#tests/mail/answers'
import { testServer, type TestServer } from '#tests/support/test_server'

const name = 'junk-test.jp'

async function totalOf(page: Promise<JunkPage>) {
  const { total } = await page
  return total
}

test.group('Quarantine of a real mailbox', (group) => {
  let server: TestServer
  let domain: Domain
  let taro: Mailbox
  let hanako: Mailbox
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain(name)
    taro = await withServer(await server.addMailbox(domain, 'taro'))
    hanako = await withServer(await server.addMailbox(domain, 'hanako'))
  })

  async function withServer(mailbox: Mailbox) {
    await mailbox.load('domain', (query) => query.preload('server'))
    return mailbox
  }

  /** As the delivery does it, without waiting for a spam check. */
  async function quarantine(mailbox: Mailbox, headers: string, text = 'x') {
    const user = `${mailbox.localPart}@${name}`
    const message = `${headers}\r\n\r\n${text}\r\n`
    const { status } = await server.exec(['doveadm', 'save', '-u', user, '-m', 'JunkMail'], message)
    if (status !== 0) throw new Error('not saved')
  }

  async function junk(mailbox: Mailbox, page = 1): Promise<JunkPage> {
    return answered(() => junkOf(mailbox, page))
  }

  const uidOf = ({ messages }: JunkPage, subject: string) =>
    messages.find((each) => each.subject === subject)!.uid

  test('MAIL-04: what lies in quarantine is listed, newest first, as people read it', async ({
    assert,
  }) => {
    assert.deepInclude(await junk(taro), { total: 0, messages: [] })
    await quarantine(taro, 'From: a@spam.example\r\nSubject: plain\r\nX-Spam-Score: 12.3')
    const subject = `=?UTF-8?B?${Buffer.from('当選のお知らせ').toString('base64')}?=`
    const sender = `=?ISO-2022-JP?B?GyRCQmdAXhsoQg==?= <"b"@spam.example>`
    await quarantine(taro, `From: ${sender}\r\nSubject: ${subject}`)
    const { total, messages } = await junk(taro)
    assert.equal(total, 2)
    assert.deepEqual(
      messages.map(({ subject: of, score }) => [of, score]),
      [
        ['当選のお知らせ', null],
        ['plain', 12.3],
      ]
    )
    assert.notMatch(messages[0].name, /=\?/)
    assert.equal(messages[1].address, 'a@spam.example')
    assert.closeTo(messages[1].at.getTime(), Date.now(), 120_000)
  })

  test('MAIL-04: hostile headers are one harmless line each', async ({ assert }) => {
    const odd = [
      'Subject: =?UTF-8?B?PHNjcmlwdD4xPC9zY3JpcHQ+?=\r\nFrom: "<img src=x>" <x@y.jp>',
      `Subject: ${'長'.repeat(3000)}\r\nFrom: ${'a'.repeat(5000)}@b.jp`,
      'Subject: =?no-such-charset?B?!!!!?= =?UTF-8?Q?=0D=0AX: y=1B[31m?=\r\nFrom: <<<>>>',
      'Subject: =?UTF-8?B?4oCuZ25w?=\r\nFrom: ',
      'Subject: =?utf-8?b?a?=\r\nFrom: =?utf-8?b?a?= <=?utf-8?b?a?=>',
      'Subject: =?utf-8?q?=ZZ?= =?unicode-1-1-utf-7?b?a?=\r\nFrom: (((((, @@@, "',
      'X: no subject and no sender',
      'Subject: \u0001\u0002\r\nX-Spam-Score: 5; DROP',
    ]
    for (const headers of odd) await quarantine(hanako, headers)
    const { messages } = await junk(hanako)
    assert.lengthOf(messages, odd.length)
    for (const { subject, name: sender, address } of messages) {
      assert.notMatch(subject + sender + address, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      assert.isAtMost(subject.length, 500)
    }
    const all = messages.map(({ uid }) => uid)
    const { validity } = await junk(hanako)
    await deleteJunk(hanako, { validity, uids: all }, server.actor)
  })

  test('MAIL-04: a released message is in the inbox, and its owner reads it there', async ({
    assert,
  }) => {
    const page = await junk(taro)
    const chosen = { validity: page.validity, uids: [uidOf(page, 'plain'), 4_000_000_000] }
    const { value: released } = await releaseJunk(taro, chosen, server.actor)
    assert.deepEqual(
      released?.map(({ address }) => address),
      ['a@spam.example']
    )
    assert.include(await read(`taro@${name}`, 'plain', { address: server.address }), 'X-Spam-Score')
    const rest = await junk(taro)
    assert.deepEqual(
      rest.messages.map(({ subject }) => subject),
      ['当選のお知らせ']
    )
    const line = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(line.action, 'junk_mail_release.store')
    assert.equal(line.target, `taro@${name}`)
  })

  test('MAIL-04: deleted is deleted; numbers of a folder that was made anew mean nothing', async ({
    assert,
  }) => {
    const { validity, messages } = await junk(taro)
    const uids = messages.map(({ uid }) => uid)
    const chosen = (under: number) =>
      chosenJunkOf(taro, { validity: under, uids: [...uids, 4_000_000_000] })
    const shown = await chosen(validity)
    assert.deepEqual(
      shown.value?.map(({ subject }) => subject),
      ['当選のお知らせ']
    )
    assert.deepEqual(await chosen(validity - 1), { value: [] })
    const old = await deleteJunk(taro, { validity: validity - 1, uids }, server.actor)
    assert.equal(old.value, 0)
    assert.equal(await totalOf(junk(taro)), 1)
    const { value } = await deleteJunk(taro, { validity, uids }, server.actor)
    assert.equal(value, 1)
    assert.equal(await totalOf(junk(taro)), 0)
  })

  test('MAIL-04: pages of a full quarantine', async ({ assert }) => {
    const script = `for n in $(seq 1 120); do printf 'Subject: n%s\\r\\n\\r\\nx\\r\\n' $n | doveadm save -u hanako@${name} -m JunkMail; done`
    await server.exec(['bash', '-c', script])
    const first = await junk(hanako)
    assert.equal(first.total, 120)
    assert.equal(first.messages[0].subject, 'n120')
    assert.lengthOf(first.messages, 50)
    const last = await junk(hanako, 3)
    assert.deepEqual([last.messages.length, last.messages.at(-1)?.subject], [20, 'n1'])
    assert.deepInclude(await junk(hanako, 9), { messages: [] })
  })

  test('MAIL-05: the sender of a released message is allowed from now on', async ({ assert }) => {
    await hanako.allowSenders(['friend@example.jp'], server.actor)
    await hanako.allowSenders(['friend@example.jp', 'other@example.jp'], server.actor)
    const owner = { domainId: domain.id, mailboxId: hanako.id }
    assert.deepEqual(await MailSender.patternsOf(owner, 'allow'), [
      'friend@example.jp',
      'other@example.jp',
    ])
  })

  test('PNL-05: what mail takes is told for a page of users in one question', async ({
    assert,
  }) => {
    await quarantine(taro, 'Subject: large', 'x'.repeat(3 * 2 ** 20))
    const began = performance.now()
    const { value } = await mailboxUsages(server.server, domain, [taro, hanako])
    assert.isBelow(performance.now() - began, 3000)
    assert.isAbove(value!.get(taro.id)!.usedBytes, 3 * 2 ** 20)
    assert.isBelow(value!.get(taro.id)!.usedBytes, 4 * 2 ** 20)
    assert.isBelow(value!.get(hanako.id)!.usedBytes, 2 ** 20)
    assert.equal(value!.get(taro.id)!.limitBytes, taro.quotaMb * 2 ** 20)
  })

  test("PNL-05: what a domain takes is its volume's", async ({ assert }) => {
    // The file system counts what is on the disk.
    await server.exec(['sync'])
    const usage = await domainUsage(server.server, domain)
    assert.isAbove(usage!.usedBytes, 3 * 2 ** 20)
    assert.equal(usage!.limitBytes, domain.quotaMb * 2 ** 20)
  })
})
