import { test } from '@japa/runner'
import type Domain from '#models/domain'
import { generateDkimKey, type DkimKey } from '#models/domain/dkim_key'
import { handIn, letter } from '#tests/mail/messages'
import { arrived, daemons, header, headers } from '#tests/mail/scanning'
import { until } from '#tests/support/until'
import { testServer, type TestServer } from '#tests/support/test_server'

const outsider = 'somebody@elsewhere.example.com'

test.group('Signatures on the mail of a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let neighbour: Domain
  let address: string
  const keys = new Map<string, DkimKey>()

  group.setup(async () => {
    server = await testServer()
    address = server.address
    domain = await server.addDomain('dkim-test.jp')
    await server.addMailbox(domain, 'taro')
    neighbour = await server.addDomain('dkim-neighbour.jp')
    await server.addMailbox(neighbour, 'jiro')
    for (const one of [domain, neighbour]) await sign(one)
    await until(
      () =>
        handIn(
          address,
          { port: 25, from: outsider, to: taro },
          letter({ from: outsider, subject: 'first' })
        ),
      (answer) => answer.startsWith('250 ')
    )
  })
  const taro = 'taro@dkim-test.jp'
  const jiro = 'jiro@dkim-neighbour.jp'

  async function sign(one: Domain) {
    const key = await generateDkimKey()
    await one.refresh()
    await one.mail.useDkimKey(key, one.dkimSelector, server.actor)
    await server.converge()
    keys.set(`${key.selector}._domainkey.${one.name}`, key)
    return key
  }

  /** What opendkim says about a message, when these keys are published: it exits with 0 for a good signature. */
  async function verified(message: string) {
    const published = [...keys].map(
      ([name, { publicKey }]) => `${name} v=DKIM1; k=rsa; p=${publicKey}\n`
    )
    await server.exec(['tee', '/tmp/published'], published.join(''))
    await server.exec(['tee', '/tmp/verifier.conf'], 'Mode v\nTestPublicKeys /tmp/published\n')
    // Return-Path and Delivered-To came at delivery, the message itself is as it was sent.
    await server.exec(['tee', '/tmp/message'], message.replaceAll('\n', '\r\n'))
    const { stdout, stderr } = await server.exec([
      'opendkim',
      '-x',
      '/tmp/verifier.conf',
      '-vv',
      '-t',
      '/tmp/message',
    ])
    return stdout + stderr
  }

  async function sent(
    envelope: { from: string; to: string; as: string },
    subject: string,
    from = envelope.from
  ) {
    const answer = await handIn(address, envelope, letter({ from, subject, text: 'こんにちは' }))
    if (!answer.startsWith('250 ')) throw new Error(answer)
    return arrived(server, envelope.to, subject)
  }

  async function sentByProgram(subject: string, from: string, options: readonly string[] = []) {
    const uid = String(domain.uid)
    const { status, stderr } = await server.exec(
      [
        ...['setpriv', '--reuid', uid, '--regid', uid, '--clear-groups'],
        ...['sendmail', ...options, jiro],
      ],
      letter({ from, subject }).replaceAll('\r\n', '\n')
    )
    if (status !== 0) throw new Error(stderr)
    return arrived(server, jiro, subject)
  }

  const signer = (message: string) =>
    /\bd=([^;]+);/.exec(header(message, 'DKIM-Signature') ?? '')?.[1]

  test('MAIL-11: what a user sends is signed as his domain, as a foreign verifier finds', async ({
    assert,
  }) => {
    const message = await sent({ from: taro, to: jiro, as: taro }, 'signed')
    assert.equal(signer(message), 'dkim-test.jp')
    assert.equal(headers(message, 'DKIM-Signature'), 1)
    assert.match(
      await verified(message),
      /verification \(s=\w+, d=dkim-test\.jp, \d+-bit key.*\) succeeded/
    )
    assert.match(await verified(message.replace('Subject: signed', 'Subject: changed')), /failed/)
  })

  test("MAIL-11: a neighbour's name in the From line gives no signature of the neighbour", async ({
    assert,
  }) => {
    const message = await sent({ from: taro, to: jiro, as: taro }, 'as the neighbour', jiro)
    assert.equal(signer(message), 'dkim-test.jp')
    const byProgram = await sentByProgram('program as the neighbour', jiro)
    assert.equal(signer(byProgram), 'dkim-test.jp')
  })

  test("MAIL-11: what the domain's programs send is signed as the domain", async ({ assert }) => {
    for (const options of [[], ['-f', taro]]) {
      const message = await sentByProgram(`program ${options.length}`, taro, options)
      assert.equal(signer(message), 'dkim-test.jp')
      assert.match(await verified(message), /succeeded/)
    }
  })

  test('MAIL-11: mail from elsewhere that gives our sender is not signed', async ({ assert }) => {
    const envelope = { port: 25, from: taro, to: jiro } as const
    assert.match(
      await handIn(address, envelope, letter({ from: taro, subject: 'from elsewhere' })),
      /^250 /
    )
    assert.equal(headers(await arrived(server, jiro, 'from elsewhere'), 'DKIM-Signature'), 0)
  })

  test('MAIL-11: what others say in the name of this server about signatures is removed', async ({
    assert,
  }) => {
    const forged = `Authentication-Results: ${server.server.hostname}; dkim=pass header.d=bank.example`
    const honest =
      'Authentication-Results: mx.elsewhere.example.com; dkim=pass header.d=other.example'
    const envelope = { port: 25, from: outsider, to: jiro } as const
    await handIn(
      address,
      envelope,
      letter({ from: outsider, subject: 'forged', headers: [forged, honest] })
    )
    const message = await arrived(server, jiro, 'forged')
    assert.notInclude(message, 'bank.example')
    assert.include(message, 'other.example')
  })

  test('MAIL-11: a new key counts at once, and nothing is restarted', async ({ assert }) => {
    const state = async () => {
      const all = await daemons(server)
      return all.replace(/\d+$/, '')
    }
    const before = await state()
    const { selector } = await sign(domain)
    const message = await sent({ from: taro, to: jiro, as: taro }, 'with the new key')
    assert.include(header(message, 'DKIM-Signature')!, `s=${selector};`)
    assert.match(await verified(message), /succeeded/)
    assert.equal(await state(), before)
  })

  test('MAIL-11: a domain that signs no more, and one that never did', async ({ assert }) => {
    await domain.mail.stopDkim(server.actor)
    await server.converge()
    const message = await sent({ from: taro, to: jiro, as: taro }, 'unsigned')
    assert.equal(headers(message, 'DKIM-Signature'), 0)
    const other = await sent({ from: jiro, to: taro, as: jiro }, 'still signed')
    assert.equal(signer(other), 'dkim-neighbour.jp')
  })

  test('MAIL-11: without the signer mail goes out unsigned, and is not lost', async ({
    assert,
  }) => {
    await server.exec(['systemctl', 'stop', 'opendkim.service'])
    try {
      const message = await sent({ from: jiro, to: taro, as: jiro }, 'without a signer')
      assert.equal(headers(message, 'DKIM-Signature'), 0)
    } finally {
      await server.exec(['systemctl', 'start', 'opendkim.service'])
    }
  })
})
