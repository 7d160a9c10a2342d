import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeDomain, makeMailbox, makeServer, makeTenant } from '#database/factories/tenant'
import type Account from '#models/account'
import Mailbox from '#models/mailbox'
import MailboxForward from '#models/mailbox_forward'
import OperationLog from '#models/operation_log'
import Task from '#models/task'

type Input = Record<string, unknown>

function send(client: ApiClient, by: Account, path: string, input: Input) {
  return client.post(path).form(input).loginAs(by).withCsrfToken().redirects(0)
}

const forward = (client: ApiClient, by: Account, mailbox: Mailbox, to: string) =>
  send(client, by, `/mailboxes/${mailbox.id}/forwards?_method=PUT`, {
    forwards: to,
    forward_keeps: 'on',
  })

/** Each request has a transaction of its own, as it has in the panel. */
test.group('Mail settings at the same moment', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  test('REL-01: eight clicks on one button are one change, one line and one apply', async ({
    assert,
    client,
  }) => {
    const { user, mailbox, server } = await makeTenant()
    const inputs: [string, Input][] = [
      ['spam_check', { spam_check: 'on', spam_level: 'loose', spam_action: 'delete' }],
      ['forwards', { forwards: 'a@x.jp\nb@x.jp', forward_keeps: 'off' }],
      ['rejected_senders', { senders: 'x.jp\ny.jp' }],
    ]
    for (const [index, [setting, input]] of inputs.entries()) {
      const path = `/mailboxes/${mailbox.id}/${setting}?_method=PUT`
      const clicks = Array.from({ length: 8 }, () => send(client, user, path, input))
      const answers = await Promise.all(clicks)
      assert.deepEqual([...new Set(answers.map((each) => each.status()))], [302])
      assert.lengthOf(await Task.query().where('server_id', server.id), index + 1)
      assert.lengthOf(await OperationLog.all(), index + 1)
    }
  }).timeout(60_000)

  test('MAIL-07: of two who close a loop over two servers at the same moment one is refused', async ({
    assert,
    client,
  }) => {
    const { contract, contractor, domain, server } = await makeTenant()
    const { domain: other } = await makeDomain(await makeServer(contract))
    await other.load('server')
    for (let round = 0; round < 6; round++) {
      const { mailbox: a } = await makeMailbox(domain, server, `a${round}`)
      const { mailbox: b } = await makeMailbox(other, other.server, `b${round}`)
      const answers = await Promise.all([
        forward(client, contractor, a, `b${round}@${other.name}`),
        forward(client, contractor, b, `a${round}@${domain.name}`),
      ])
      assert.deepEqual(
        answers.map((each) => each.status()),
        [302, 302]
      )
      const present = await MailboxForward.query().whereIn('mailbox_id', [a.id, b.id])
      assert.lengthOf(present, 1)
    }
  }).timeout(60_000)

  test('MAIL-01: users who are deleted twice and edited meanwhile are gone once', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server } = await makeTenant()
    const made: Mailbox[] = []
    for (let index = 0; index < 6; index++) {
      const { mailbox } = await makeMailbox(domain, server, `user${index}`)
      made.push(mailbox)
    }
    const ids = made.map(({ id }) => id)
    const remove = () =>
      send(client, admin, `/domains/${domain.id}/mailbox_deletions`, {
        'mailboxes[]': ids.map(String),
      })
    const answers = await Promise.all([
      remove(),
      remove(),
      forward(client, admin, made[3], 'x@y.jp'),
    ])
    for (const answer of answers) assert.include([302, 404], answer.status())
    assert.isEmpty(await Mailbox.findMany(ids))
    assert.isEmpty(await MailboxForward.all())
    const lines = await OperationLog.query().where({ action: 'mailbox.destroy', succeeded: true })
    assert.lengthOf(lines, ids.length)
  }).timeout(60_000)
})
