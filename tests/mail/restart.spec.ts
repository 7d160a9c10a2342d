import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import { handIn, letter } from '#tests/mail/messages'
import { messages } from '#tests/mail/scanning'
import { until } from '#tests/support/until'
import { testServer } from '#tests/support/test_server'

test.group('A mail server that goes down in the middle', () => {
  test('MAIL-02, REL-03: what was taken before it went down arrives, to others and by forwards too', async ({
    assert,
  }) => {
    const server = await testServer()
    const domain = await server.addDomain('restart-test.jp')
    const taro = await server.addMailbox(domain, 'taro')
    await server.addMailbox(domain, 'hanako')
    const [from, to, other] = ['x@elsewhere.example.com', 'taro', 'hanako']
    const at = (name: string) => `${name}@restart-test.jp`
    await taro.setForwarding({ to: [at(other)], keep: true }, server.actor)
    await server.converge()
    const send = (subject: string) =>
      handIn(server.address, { port: 25, from, to: at(to) }, letter({ from, subject }))
    await until(
      () => send('first'),
      (answer) => answer.startsWith('250 ')
    )

    const taken: string[] = []
    let isOver = false
    const client = async (name: number) => {
      for (let index = 0; !isOver; index++) {
        const subject = `n${name}-${index}`
        if (/queued as/.test(await send(subject))) taken.push(subject)
        else await wait(100)
      }
    }
    const clients = [1, 2, 3, 4].map(client)
    await until(
      async () => taken.length,
      (count) => count >= 12
    )
    await server.exec(['systemctl', 'reboot', '--force', '--force'])
    const before = taken.length
    isOver = true
    await Promise.all(clients)
    await until(
      () => send('last'),
      (answer) => answer.startsWith('250 '),
      120
    )
    await server.exec(['postqueue', '-f'])
    assert.isAtLeast(before, 12)
    for (const name of [to, other]) {
      const missing = await until(
        async () => {
          const all = await messages(server, at(name))
          const text = all.join('\n')
          return taken.filter((subject) => !text.includes(`Subject: ${subject}\n`))
        },
        (left) => left.length === 0,
        120
      )
      assert.isEmpty(missing, name)
    }
  }).timeout(240_000)
})
