import { test } from '@japa/runner'
import type Domain from '#models/domain'
import Import from '#models/import'
import { hashingIsOver } from '#models/import/hashing'
import Mailbox from '#models/mailbox'
import { sheetNamed } from '#models/sheet/index'
import type { SheetName } from '#models/sheet/sheet'
import { answerOf, canSignIn, submit } from '#tests/mail/clients'
import { deliver, messages, outsider, scored } from '#tests/mail/delivery'
import { cp932, csv, mistakesOf } from '#tests/support/csv_files'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'

const count = 300

test.group('Users by CSV on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('bulk-test.jp', 4000)
  })
  const at = (name: string) => `${name}@bulk-test.jp`
  const numbers = Array.from({ length: count }, (_, index) => index)

  /** Checked, confirmed, carried out and on the server, by one apply. */
  async function carriedOut(sheet: SheetName, bytes: Buffer) {
    const upload = { name: '社員名簿.csv', bytes }
    const found = await Import.check(domain, sheetNamed(sheet)!, upload, server.actor)
    if (found.state !== 'checked') throw new Error(mistakesOf(found).join('\n'))
    await found.confirm(server.actor)
    await hashingIsOver()
    await Import.run(found.id)
    await server.converge()
    return found.refresh()
  }

  test('USR-01, USR-06: 300 users out of a file as Excel saves it sign in, the last one, too', async ({
    assert,
  }) => {
    const rows = numbers.map((index) => [
      `user${index}`,
      testPassword,
      `社員${index}～①（髙橋、営業部）`,
      index % 2 === 0 ? '10' : '',
    ])
    // Excel leaves out separators of empty cells at the end, and appends rows that have nothing else
    const text = csv('additions', ...rows).replaceAll(/,\r\n/g, '\r\n') + ',,,\r\n,,,\r\n'
    const found = await carriedOut('additions', cp932(text))
    assert.deepEqual([found.state, found.added], ['done', count])
    const { address } = server
    for (const index of [0, 150, count - 1]) {
      assert.isTrue(await canSignIn(at(`user${index}`), { address }), `user${index}`)
    }
    assert.isFalse(await canSignIn(at('user299'), { address, password: 'not-the-password' }))
    const last = await Mailbox.findByOrFail('local_part', 'user299')
    assert.equal(last.description, '社員299～①（髙橋、営業部）')
    assert.match(await deliver(server, { to: at('user299'), subject: 'hello' }), /^250/)
    assert.lengthOf(await messages(server, at('user299'), { atLeast: 1 }), 1)
  }).timeout(300_000)

  test('USR-03, USR-04, USR-05: forwards, spam settings and reject lists of 300 users are effective', async ({
    assert,
  }) => {
    const forwards = numbers.slice(1).map((index) => [`user${index}`, '残さない', at('user0')])
    await carriedOut('forwards', cp932(csv('forwards', ...forwards)))
    assert.match(await deliver(server, { to: at('user299'), subject: 'forwarded' }), /^250/)
    assert.lengthOf(await messages(server, at('user0'), { atLeast: 1 }), 1)

    const back = numbers.slice(1).map((index) => [`user${index}`, '残す', ''])
    await carriedOut('forwards', Buffer.from(csv('forwards', ...back)))
    const spam = numbers.map((index) => [
      `user${index}`,
      'ON',
      '厳しい',
      '隔離',
      'friend.example.jp',
    ])
    await carriedOut('spam_checks', cp932(csv('spam_checks', ...spam)))
    const headers = scored(6)
    await deliver(server, { to: at('user299'), subject: 'offer', headers })
    const junk = { folder: 'JunkMail', atLeast: 1 }
    assert.lengthOf(await messages(server, at('user299'), junk), 1)
    const from = 'x@friend.example.jp'
    await deliver(server, { to: at('user299'), from, subject: 'from a friend', headers })
    assert.lengthOf(await messages(server, at('user299'), { atLeast: 2 }), 2)

    const enemies = numbers.map((index) => [`user${index}`, outsider])
    await carriedOut('rejected_senders', cp932(csv('rejected_senders', ...enemies)))
    const again = submit(server.address, { port: 25, from: outsider, to: at('user299') })
    assert.match(await answerOf(again), /^550 /)
  }).timeout(300_000)

  test('USR-01: 299 users are deleted by one file; who stays still signs in', async ({
    assert,
  }) => {
    const rows = numbers.map((index) => [`user${index}`, '', index === 0 ? '' : '削除'])
    const found = await carriedOut('deletions', cp932(csv('deletions', ...rows)))
    assert.deepEqual([found.removed, found.same], [count - 1, 1])
    const { address } = server
    assert.isTrue(await canSignIn(at('user0'), { address }))
    assert.isFalse(await canSignIn(at('user299'), { address }))
  }).timeout(300_000)
})
