import { test } from '@japa/runner'
import Account from '#models/account'
import type Domain from '#models/domain'
import Mailbox from '#models/mailbox'
import {
  answerOf,
  canSignIn,
  curl,
  type Door,
  folders,
  read,
  statusOf,
  submit,
} from '#tests/mail/clients'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'

const doors: readonly Door[] = ['imap', 'imaps', 'pop3', 'pop3s']
const outsider = 'somebody@elsewhere.example.com'

test.group('Mail of a real server, by foreign clients', (group) => {
  let server: TestServer
  let domain: Domain
  let taro: Mailbox
  let hanako: Mailbox
  let address: string
  group.setup(async () => {
    server = await testServer()
    address = server.address
    domain = await server.addDomain('mail-test.jp')
    taro = await server.addMailbox(domain, 'taro')
    hanako = await server.addMailbox(domain, 'hanako')
  })

  const at = (name: string) => `${name}@mail-test.jp`

  /** Which processes serve mail: a reload or restart would show. */
  async function reloads() {
    const { stdout } = await server.exec([
      'sh',
      '-c',
      'cat /var/log/mail/*.log; journalctl -o cat -u dovecot',
    ])
    return stdout.match(/reload|refreshing|starting/gi)?.length
  }

  for (const [index, port] of ([587, 465] as const).entries()) {
    test(`MAIL-02: one user writes to another over port ${port}, who reads it`, async ({
      assert,
    }) => {
      for (const door of doors.slice(index * 2, index * 2 + 2)) {
        const subject = `over ${port} to ${door}`
        const sent = await submit(address, {
          ...{ port, from: at('taro'), to: at('hanako'), as: at('taro') },
          subject,
        })
        assert.match(sent.answer, /^250 2\.0\.0 /)
        assert.include(
          await read(at('hanako'), subject, { address, door }),
          `From: <${at('taro')}>`
        )
      }
    })
  }

  test('MAIL-02: without TLS nobody is asked for a password', async ({ assert }) => {
    for (const door of ['imap', 'pop3'] as const)
      assert.isFalse(await canSignIn(at('taro'), { address, door, isPlain: true }))
    const [from, to] = [at('taro'), at('hanako')]
    for (const port of [25, 587] as const) {
      const talk = await submit(address, { port, from, to, as: from, isPlain: true })
      assert.isFalse(talk.replies.some((line) => /AUTH|^235/.test(line)))
    }
  })

  test("MAIL-02: a sender that is somebody else's is refused", async ({ assert }) => {
    for (const from of [at('hanako'), outsider, at('nobody')]) {
      const { answer } = await submit(address, { from, to: at('hanako'), as: at('taro') })
      assert.match(answer, /^553 5\.7\.1 /)
    }
  })

  test('MAIL-02: mail to the world is taken from who has signed in, and from nobody else', async ({
    assert,
  }) => {
    const [from, to] = [at('taro'), outsider]
    assert.match(await answerOf(submit(address, { from, to, as: from })), /^250 2\.0\.0 /)
    for (const port of [25, 587, 465] as const)
      assert.match(
        await answerOf(submit(address, { port, from: outsider, to })),
        /^55[34] 5\.7\.1 /
      )
  })

  test('MAIL-01: mail from outside arrives; postmaster and webmaster are the admin', async ({
    assert,
  }) => {
    for (const name of ['taro', 'postmaster', 'webmaster', 'WebMaster']) {
      const subject = `to ${name}`
      const sent = await submit(address, { port: 25, from: outsider, to: at(name), subject })
      assert.match(sent.answer, /^250 2\.0\.0 /)
      const reader = name === 'taro' ? 'taro' : 'admin'
      assert.include(await read(at(reader), subject, { address }), subject)
    }
  })

  test('MAIL-01: an unknown user is refused before the message', async ({ assert }) => {
    const { answer } = await submit(address, { port: 25, from: outsider, to: at('nobody') })
    assert.match(answer, /^550 5\.1\.1 /)
  })

  test('MAIL-04: there is a folder for junk', async ({ assert }) => {
    assert.match(await folders(at('taro'), { address }), /\\Junk\) "\/" JunkMail/)
  })

  test('PNL-05: a full mailbox is refused before the message is taken, others are not', async ({
    assert,
  }) => {
    await hanako.edit({ quotaMb: 1 }, server.actor)
    await server.converge()
    const mail = { from: at('taro'), as: at('taro'), size: 2 * 2 ** 20 }
    const half = { ...mail, size: 600 * 2 ** 10, subject: 'half' }
    const fill = async () => {
      assert.match(await answerOf(submit(address, { ...half, to: at('hanako') })), /^250 2\.0\.0 /)
      await read(at('hanako'), 'half', { address })
    }
    assert.match(await answerOf(submit(address, { ...mail, to: at('hanako') })), /^552 5\.2\.[23] /)
    assert.match(await answerOf(submit(address, { ...mail, to: at('admin') })), /^250 2\.0\.0 /)
    await fill()
    assert.match(await answerOf(submit(address, { ...half, to: at('hanako') })), /^552 5\.2\.[23] /)
    await hanako.edit({ quotaMb: 100 }, server.actor)
    await server.converge()
    assert.match(await answerOf(submit(address, { ...mail, to: at('hanako') })), /^250 2\.0\.0 /)
  })

  test('MAIL-02: 100 MB are taken, more is refused', async ({ assert }) => {
    const { replies } = await submit(address, { from: at('taro'), to: at('admin'), as: at('taro') })
    assert.include(replies, '250-SIZE 104857600')
    const size = 101 * 2 ** 20
    const { answer } = await submit(address, {
      from: at('taro'),
      to: at('admin'),
      as: at('taro'),
      size,
    })
    assert.match(answer, /^552 5\.3\.4 /)
  }).timeout(120_000)

  test('MAIL-01: a new domain and its mailboxes work at once, and nothing is reloaded', async ({
    assert,
  }) => {
    const before = await reloads()
    const other = await server.addDomain('mail-other.jp')
    await server.addMailbox(other, 'jiro')
    assert.isTrue(await canSignIn('jiro@mail-other.jp', { address }))
    const to = 'jiro@mail-other.jp'
    const sent = await submit(address, { from: at('taro'), to, as: at('taro'), subject: 'welcome' })
    assert.match(sent.answer, /^250 2\.0\.0 /)
    assert.include(await read(to, 'welcome', { address }), 'welcome')
    assert.equal(await reloads(), before)
  })

  test('MAIL-01: a changed password counts at once, everywhere', async ({ assert }) => {
    const password = 'another horse 8 battery'
    await taro.edit({ passwordHash: await Account.hashPassword(password) }, server.actor)
    await server.converge()
    const mail = { from: at('taro'), to: at('hanako'), as: at('taro') }
    assert.isTrue(await canSignIn(at('taro'), { address, password }))
    assert.match(await answerOf(submit(address, { ...mail, password })), /^250 2\.0\.0 /)
    assert.isFalse(await canSignIn(at('taro'), { address, password: testPassword }))
    assert.match(await answerOf(submit(address, mail)), /^535 5\.7\.8 /)
    await taro.edit({ passwordHash: await Account.hashPassword(testPassword) }, server.actor)
    await server.converge()
    assert.isTrue(await canSignIn(at('taro'), { address }))
  })

  test('PNL-01: the admin signs in to mail as a user does, with the password that SFTP takes', async ({
    assert,
  }) => {
    const password = 'an admins horse 9 battery'
    const admin = await Mailbox.findByOrFail({ domainId: domain.id, localPart: 'admin' })
    await admin.edit({ passwordHash: await admin.hashOf(password) }, server.actor)
    await server.converge()
    assert.isTrue(await canSignIn(at('admin'), { address, password }))
    assert.isFalse(await canSignIn(at('admin'), { address, password: testPassword }))
  })

  test('a suspended domain signs nobody in, and has senders try again', async ({ assert }) => {
    await domain.suspend(server.actor)
    await server.converge()
    assert.isFalse(await canSignIn(at('taro'), { address }))
    const mail = { port: 25, from: outsider, to: at('taro') } as const
    assert.match(await answerOf(submit(address, mail)), /^450 4\.2\.1 /)
    await domain.resume(server.actor)
    await server.converge()
    assert.match(await answerOf(submit(address, mail)), /^250 2\.0\.0 /)
    assert.isTrue(await canSignIn(at('taro'), { address }))
  })

  test('MAIL-01: a deleted user is gone: no sign-in, no mail, no files', async ({ assert }) => {
    const saburo = await server.addMailbox(domain, 'saburo')
    assert.isTrue(await canSignIn(at('saburo'), { address }))
    await saburo.remove(server.actor)
    await server.converge()
    assert.isFalse(await canSignIn(at('saburo'), { address }))
    const { answer } = await submit(address, { port: 25, from: outsider, to: at('saburo') })
    assert.match(answer, /^550 5\.1\.1 /)
    const { status } = await server.exec(['test', '-e', `${domain.root}/home/saburo`])
    assert.equal(status, 1)
  })

  test('MAIL-02: certificates are served on every TLS port, old TLS on none', async ({
    assert,
  }) => {
    for (const url of ['imaps://', 'pop3s://', 'smtps://'].map((scheme) => `${scheme}${address}`)) {
      const old = await curl([
        ...['--url', url, '--tls-max', '1.1', '--ciphers', 'ALL:@SECLEVEL=0'],
      ])
      assert.equal(old.status, 35)
      assert.notEqual(await statusOf(curl(['--url', url, '--tlsv1.2'])), 35)
    }
  })

  test('WEB-01: a program of the domain sends with sendmail, as its own domain', async ({
    assert,
  }) => {
    const uid = String(domain.uid)
    const sendmail = (from: readonly string[]) =>
      server.exec(
        [
          ...['setpriv', '--reuid', uid, '--regid', uid, '--clear-groups'],
          ...['sendmail', ...from, at('hanako')],
        ],
        `Subject: from ${from.join('') || 'nobody'}\n\ntext\n`
      )
    for (const from of [[], ['-f', at('info')]] as const) {
      const { status, stderr } = await sendmail(from)
      assert.equal(status, 0, stderr)
      await read(at('hanako'), `from ${from.join('') || 'nobody'}`, { address })
    }
    assert.notEqual(await statusOf(sendmail(['-f', outsider])), 0)
  })
})
