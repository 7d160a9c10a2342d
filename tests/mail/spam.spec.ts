import { test } from '@japa/runner'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { gtube, handIn, letter } from '#tests/mail/messages'
import { arrived, change, daemons, header, headers, scanned } from '#tests/mail/scanning'
import { testServer, type TestServer } from '#tests/support/test_server'

const outsider = 'somebody@elsewhere.example.com'
const names = ['X-Spam-Status', 'X-Spam-Score', 'X-Spam-Level'] as const

test.group('Spam scores in the mail of a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let taro: Mailbox
  let hanako: Mailbox
  let address: string
  group.setup(async () => {
    server = await testServer()
    address = server.address
    domain = await server.addDomain('spam-test.jp', 1500)
    taro = await server.addMailbox(domain, 'taro')
    hanako = await server.addMailbox(domain, 'hanako')
    await scanned(server, at('taro'))
  })
  const at = (name: string) => `${name}@spam-test.jp`
  const from = (subject: string, more: Partial<Parameters<typeof letter>[0]> = {}) =>
    letter({ from: outsider, subject, ...more })
  const send = (to: string | string[], message: string) =>
    handIn(address, { port: 25, from: outsider, to }, message)

  test('MAIL-04: a message has its score once, whoever gets it', async ({ assert }) => {
    assert.match(await send([at('taro'), at('hanako')], from('harmless')), /^250 /)
    for (const name of ['taro', 'hanako']) {
      const message = await arrived(server, at(name), 'harmless')
      assert.match(header(message, 'X-Spam-Status')!, /^No, score=-?\d+\.\d required=5\.0 tests=/)
      for (const one of names) assert.isAtMost(headers(message, one), 1)
      assert.notInclude(header(message, 'X-Spam-Status'), 'ALL_TRUSTED', 'a private address')
    }
  })

  test('MAIL-04: spam has a star for each point', async ({ assert }) => {
    await change(server, domain, 'mailboxes', taro.id, {
      spam_action: 'quarantine',
      spam_check: false,
    })
    assert.match(await send([at('taro'), at('hanako')], from('offer', { text: gtube })), /^250 /)
    const message = await arrived(server, at('taro'), 'offer')
    assert.match(header(message, 'X-Spam-Status')!, /^Yes, score=\d{3,4}\.\d .*GTUBE/)
    assert.equal(header(message, 'X-Spam-Level'), '*'.repeat(50))
    assert.isAbove(Number(header(message, 'X-Spam-Score')), 900)
    await change(server, domain, 'mailboxes', taro.id, { spam_check: true, spam_action: 'tag' })
  })

  test('MAIL-04: whatever way the recipient is written in, spam is scored', async ({ assert }) => {
    const ways = ['taro@spam-test.jp.', '"taro"@spam-test.jp', '"ta\\ro"@SPAM-TEST.jp']
    for (const [index, to] of ways.entries()) {
      assert.match(await send(to, from(`way ${index}`, { text: gtube })), /^250 /)
      const message = await arrived(server, at('taro'), `[SPAM] way ${index}`)
      assert.match(header(message, 'X-Spam-Status')!, /^Yes, score=\d{3,4}/)
    }
  })

  test('MAIL-04: what others write into these lines is removed', async ({ assert }) => {
    const forged = [
      'X-Spam-Status: No, score=-99',
      'X-Spam-Level: ***',
      'x-spam-LEVEL: **********',
      'X-Virus-Status: Clean',
    ]
    assert.match(await send(at('taro'), from('forged', { headers: forged })), /^250 /)
    const message = await arrived(server, at('taro'), 'forged')
    assert.notInclude(message, 'score=-99')
    assert.notInclude(message, '*****')
    assert.equal(headers(message, 'X-Virus-Status'), 0)
    assert.equal(headers(message, 'X-Spam-Status'), 1)
  })

  test('MAIL-04: for who switched it off nothing is scored, and nothing is restarted', async ({
    assert,
  }) => {
    const before = await daemons(server)
    await change(server, domain, 'mailboxes', taro.id, { spam_check: false })
    await send(at('taro'), from('unscored'))
    const message = await arrived(server, at('taro'), 'unscored')
    assert.isUndefined(header(message, 'X-Spam-Status'))
    await change(server, domain, 'mailboxes', taro.id, { spam_check: true, spam_action: 'tag' })
    await send(at('taro'), from('scored again'))
    assert.match(header(await arrived(server, at('taro'), 'scored again'), 'X-Spam-Status')!, /^No/)
    assert.equal(await daemons(server), before)
  })

  test('MAIL-04: what goes to others carries no score', async ({ assert }) => {
    const answer = await handIn(
      address,
      { from: at('taro'), to: outsider, as: at('taro') },
      letter({ from: at('taro'), subject: 'to the world' })
    )
    const [, id] = /queued as (\w+)/.exec(answer)!
    const { stdout } = await server.exec(['postcat', '-hq', id])
    assert.include(stdout, 'Subject: to the world')
    assert.notInclude(stdout, 'X-Spam')
    await server.exec(['postsuper', '-d', id])
  })

  test('MAIL-04: while spamd is down mail arrives, and says that it was not looked at', async ({
    assert,
  }) => {
    await server.exec(['systemctl', 'stop', 'tsukasa-spamd.service'])
    try {
      assert.match(await send(at('taro'), from('unchecked', { text: gtube })), /^250 /)
      const message = await arrived(server, at('taro'), 'unchecked')
      assert.match(header(message, 'X-Spam-Status')!, /^Unchecked, /)
      assert.isUndefined(header(message, 'X-Spam-Level'))
    } finally {
      await server.exec(['systemctl', 'start', 'tsukasa-spamd.service'])
    }
  })

  test('MAIL-02: nearly 100 MB pass both checks, and are not scored', async ({ assert }) => {
    await hanako.edit({ quotaMb: 400 }, server.actor)
    await server.converge()
    const content = Buffer.alloc(72 * 2 ** 20, 'A picture. ')
    const big = from('big one', { attachment: { name: 'a.bmp', content } })
    const began = Date.now()
    assert.match(await send(at('hanako'), big), /^250 /)
    assert.isBelow(Date.now() - began, 60_000)
    const { stdout } = await server.exec([
      ...[
        'sh',
        '-c',
        'for i in $(seq 60); do grep -rl "^Subject: big one" "$0" && break; sleep 1; done | head -1 | xargs head -c 4000',
      ],
      `${domain.root}/home/hanako/Maildir`,
    ])
    assert.match(stdout, /X-Spam-Status: Unchecked, /)
  }).timeout(180_000)
})
