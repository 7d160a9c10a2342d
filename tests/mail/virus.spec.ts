import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import * as archives from '#tests/mail/archives'
import { type Attachment, base64Of, eicar, handIn, letter } from '#tests/mail/messages'
import { rarOf } from '#tests/mail/rar'
import { change, daemons, header, messages, withSubject } from '#tests/mail/scanning'
import { until } from '#tests/support/until'
import { testServer, type TestServer } from '#tests/support/test_server'

const outsider = 'somebody@elsewhere.example.com'
/** Names in archives as bytes: plain, in UTF-8, and in the CP932 of Japanese Windows. */
const names = [
  'game.com',
  Buffer.from('請求書.com').toString('latin1'),
  '\x90\xbf\x8b\x81\x8f\x91.com',
  `${'long'.repeat(20)}.com`,
]
const refused = /^550 5\.7\.1 .*Eicar-Test-Signature/

test.group('Viruses in the mail of a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let taro: Mailbox
  let address: string
  group.setup(async () => {
    server = await testServer()
    address = server.address
    domain = await server.addDomain('virus-test.jp')
    taro = await server.addMailbox(domain, 'taro')
    await server.addMailbox(domain, 'hanako')
    await until(
      () => handIn(address, { port: 25, from: outsider, to: at('taro') }, clean('first')),
      (answer) => answer.startsWith('250 ')
    )
  })
  const at = (name: string) => `${name}@virus-test.jp`
  const clean = (subject: string) => letter({ from: outsider, subject })
  const infected = (subject: string, from = outsider) =>
    letter({ from, subject, attachment: { name: 'game.com', content: eicar } })

  /** Texts of the warnings that a mailbox has. */
  async function warnings(login: string) {
    const all = await messages(server, login)
    return all
      .filter((one) => header(one, 'Auto-Submitted') === 'auto-generated')
      .map((one) => ({ head: one, text: textOf(one) }))
  }
  const textOf = (message: string) =>
    Buffer.from(message.slice(message.indexOf('\n\n')), 'base64').toString()
  async function about(login: string, subject: string) {
    const all = await warnings(login)
    return all.filter(({ text }) => text.includes(subject))
  }
  const warned = (login: string, subject: string) =>
    until(
      () => about(login, subject),
      (found) => found.length > 0
    )

  test('MAIL-03: infected mail from outside is refused, and who it was for is told', async ({
    assert,
  }) => {
    const subject = '=?UTF-8?B?6KuL5rGC5pu4?='
    const envelope = { port: 25, from: outsider, to: [at('taro'), at('hanako')] } as const
    assert.match(await handIn(address, envelope, infected(subject)), refused)
    for (const name of ['taro', 'hanako']) {
      const [{ head, text }] = await warned(at(name), '請求書')
      assert.include(text, 'Eicar-Test-Signature')
      assert.include(text, outsider)
      assert.include(text, at(name))
      // Who else got it stays between the sender and him.
      assert.notInclude(text, at(name === 'taro' ? 'hanako' : 'taro'))
      assert.match(head, /^Return-Path: <>/m)
      assert.match(header(head, 'Content-Type') ?? '', /charset="utf-8"/)
      assert.match(header(head, 'Subject') ?? '', /^=\?utf-8\?b\?[\w+/=]+\?=/)
    }
    const { stdout } = await server.exec(['postqueue', '-j'])
    assert.notInclude(stdout, `"sender": "${outsider}"`)
  })

  test('MAIL-03: infected mail that is sent is refused, and its sender is told', async ({
    assert,
  }) => {
    const envelope = { from: at('taro'), to: outsider, as: at('taro') }
    assert.match(await handIn(address, envelope, infected('sent one', at('taro'))), refused)
    const [{ text }] = await warned(at('taro'), 'sent one')
    assert.include(text, outsider)
  })

  test('MAIL-03: whoever pretends to be a user here makes no warning for him', async ({
    assert,
  }) => {
    const envelope = { port: 25, from: at('hanako'), to: at('taro') } as const
    assert.match(await handIn(address, envelope, infected('pretended')), refused)
    await warned(at('taro'), 'pretended')
    assert.isEmpty(await about(at('hanako'), 'pretended'))
  })

  test('MAIL-03: infected mail of a program is taken away, and the domain admin is told', async ({
    assert,
  }) => {
    const uid = String(domain.uid)
    const { status, stderr } = await server.exec(
      [
        ...['setpriv', '--reuid', uid, '--regid', uid, '--clear-groups'],
        ...['sendmail', at('hanako')],
      ],
      infected('by a program', at('info'))
    )
    assert.equal(status, 0, stderr)
    await warned(at('hanako'), 'by a program')
    const [{ text }] = await warned(at('admin'), 'by a program')
    assert.include(text, '送信')
    const all = [
      ...(await messages(server, at('hanako'))),
      ...(await messages(server, at('admin'))),
    ]
    assert.isFalse(all.some((one) => one.includes('game.com')))
  })

  test('MAIL-03: the warning is switched off and on, and nothing is restarted', async ({
    assert,
  }) => {
    const before = await daemons(server)
    const envelope = { port: 25, from: outsider, to: [at('taro'), at('hanako')] } as const
    await change(server, domain, 'mailboxes', taro.id, { virus_warning: false })
    assert.match(await handIn(address, envelope, infected('while off')), refused)
    await warned(at('hanako'), 'while off')
    await change(server, domain, 'mailboxes', taro.id, { virus_warning: true })
    assert.match(await handIn(address, envelope, infected('while on')), refused)
    await warned(at('taro'), 'while on')
    assert.isEmpty(await about(at('taro'), 'while off'))
    assert.equal(await daemons(server), before)
  }).timeout(60_000)

  for (const [format, pack] of Object.entries(archives)) {
    test(`MAIL-03: a virus in an archive of the format ${format.toUpperCase()} is found`, async ({
      assert,
    }) => {
      const envelope = { port: 25, from: outsider, to: at('taro') } as const
      const send = (subject: string, name: string, of: Buffer) => {
        const attachment = { name: `game.${format}`, content: pack(name, of) }
        return handIn(address, envelope, letter({ from: outsider, subject, attachment }))
      }
      for (const name of names) assert.match(await send(`in ${format}`, name, eicar), refused)
      assert.match(await send(`clean ${format}`, 'a.txt', Buffer.from('just a text')), /^250 /)
    })
  }

  const packed = archives.rar('game.com', eicar)
  const lines = base64Of(packed)
  const writings: Record<string, Partial<Attachment>> = {
    'with an empty line in it': { written: lines.replace('\r\n', '\r\n\r\n') },
    'with what is no base64 in it': { written: `! ${lines.slice(0, 5)} ${lines.slice(5)}` },
    'in lines of four letters': { written: lines.replaceAll(/\s/g, '').replace(/.{4}/g, '$&\r\n') },
    'in quoted-printable': {
      encoding: 'quoted-printable',
      written: packed.toString('hex').replace(/../g, '=$&').replace(/.{72}/g, '$&=\r\n'),
    },
    'behind a program that unpacks it': {
      content: Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200_000, 7), packed]),
    },
    'behind 20,000 files of one byte': {
      content: rarOf([
        ...Array.from({ length: 20_000 }, (_, index) => [`${index}`, Buffer.from('x')] as const),
        ['game.com', eicar],
      ]),
    },
  }
  for (const [how, writing] of Object.entries(writings)) {
    test(`MAIL-03: a virus in a RAR is found ${how}`, async ({ assert }) => {
      const envelope = { port: 25, from: outsider, to: at('taro') } as const
      const attachment = { name: 'game.rar', content: packed, ...writing }
      const message = letter({ from: outsider, subject: how, attachment })
      assert.match(await handIn(address, envelope, message), refused)
    }).timeout(60_000)
  }

  test('MAIL-03: an archive that grows without end holds nobody up', async ({ assert }) => {
    const content = gzipSync(gzipSync(Buffer.alloc(600 * 2 ** 20)))
    const attachment = { name: 'bomb.gz.gz', content }
    const envelope = { port: 25, from: outsider, to: at('taro') } as const
    const bomb = handIn(address, envelope, letter({ from: outsider, subject: 'bomb', attachment }))
    assert.match(await handIn(address, envelope, clean('beside the bomb')), /^250 /)
    assert.match(await bomb, /^250 /)
  }).timeout(90_000)

  test('MAIL-03: without a scanner mail waits with its sender, and arrives later', async ({
    assert,
  }) => {
    const envelope = { port: 25, from: outsider, to: at('taro') } as const
    const uid = String(domain.uid)
    await server.exec(['systemctl', 'stop', 'tsukasa-clamd.service'])
    try {
      assert.match(await handIn(address, envelope, clean('deferred')), /^451 4\.7\.1 /)
      const { status } = await server.exec(
        [
          ...['setpriv', '--reuid', uid, '--regid', uid, '--clear-groups'],
          ...['sendmail', at('taro')],
        ],
        'Subject: kept by sendmail\n\ntext\n'
      )
      assert.equal(status, 0)
    } finally {
      await server.exec(['systemctl', 'start', 'tsukasa-clamd.service'])
    }
    assert.match(await handIn(address, envelope, clean('deferred')), /^250 /)
    await server.exec(['postqueue', '-f'])
    for (const subject of ['deferred', 'kept by sendmail']) {
      await until(
        () => withSubject(server, at('taro'), subject),
        (found) => found.length === 1,
        150
      )
    }
  }).timeout(120_000)

  test('MAIL-03: without the filter in front of it, too, mail waits and nothing passes unseen', async ({
    assert,
  }) => {
    const envelope = { port: 25, from: outsider, to: at('taro') } as const
    const own = { from: at('taro'), to: at('hanako'), as: at('taro') }
    await server.exec(['systemctl', 'stop', 'tsukasa-scanner.service'])
    try {
      assert.match(await handIn(address, envelope, infected('unseen')), /^4\d\d 4\./)
      assert.match(await handIn(address, own, infected('unseen', at('taro'))), /^4\d\d 4\./)
    } finally {
      await server.exec(['systemctl', 'start', 'tsukasa-scanner.service'])
    }
    const again = await until(
      () => handIn(address, envelope, infected('seen again')),
      (answer) => !answer.startsWith('4')
    )
    assert.match(again, refused)
  })

  test('MAIL-03: the scanner of the compute node is asked instead, where there is one', async ({
    assert,
  }) => {
    await server.exec(['systemctl', 'stop', 'tsukasa-clamd.service'])
    await server.exec(['install', '-d', '-m', '755', '/var/lib/tsukasa-shared'])
    try {
      const shared = '/var/lib/tsukasa-shared/clamd.ctl'
      const conf = `LocalSocket ${shared}\nLocalSocketMode 666\nForeground yes\nDatabaseDirectory /var/lib/clamav\n`
      await server.exec(['tee', '/run/shared.conf'], conf)
      await server.exec([
        'systemd-run',
        '--unit=shared-one',
        'clamd',
        '--config-file=/run/shared.conf',
      ])
      await server.exec(['systemctl', 'start', 'tsukasa-clamd.service'])
      const envelope = { port: 25, from: outsider, to: at('taro') } as const
      const answer = await until(
        () => handIn(address, envelope, infected('shared')),
        (said) => !said.startsWith('451 ')
      )
      assert.match(answer, refused)
      const { stdout } = await server.exec(['pgrep', '-c', '-x', 'clamd'])
      assert.equal(stdout.trim(), '1')
    } finally {
      await server.exec(['systemctl', 'stop', 'shared-one', 'tsukasa-clamd.service'])
      await server.exec(['rm', '-r', '/var/lib/tsukasa-shared'])
      await server.exec(['systemctl', 'start', 'tsukasa-clamd.service'])
    }
  }).timeout(60_000)
})
