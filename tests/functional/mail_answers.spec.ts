import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { AgentRefusal } from '#convergence/agent/client'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { UntrustedReply } from '#convergence/agent/frames'
import { TooManyQuestions } from '#convergence/transports/questions'
import { Unreachable } from '#convergence/transports/transport'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import MailSender from '#models/mail_sender'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { answerWith } from '#monitoring/questions'

interface Asked {
  readonly question: string
  readonly given: Readonly<Record<string, any>>
}

const now = Math.floor(Date.now() / 1000)
const evil = '<script>alert(1)</script>{{ 7*7 }}'

const junk = (uid: number, more: object = {}) => ({
  ...{ uid, subject: `件名${uid}`, name: '差出 人', address: `s${uid}@spam.example` },
  ...{ at: now - uid, bytes: 1000, score: '12.3', ...more },
})

const logged = (domain: string, more: object = {}, recipient: object = {}) => ({
  ...{ id: 'A1B2C3', at: now - 60, sender: 'friend@example.com', own: false, login: null },
  ...{ client: 'x[192.0.2.1]', size: 2048, message_id: '<x@y>', program: false, more: 0, ...more },
  recipients: [
    {
      ...{ to: `sato@${domain}`, orig_to: null, relay: 'x[private/dovecot-lmtp]', dsn: '2.0.0' },
      ...{ status: 'sent', text: '250 Saved', at: now - 59, by: 'lmtp', done: [], ...recipient },
    },
  ],
})

const page = (...messages: object[]) => ({ messages, reached: null, skipped: [] })

async function textOf(answer: PromiseLike<ApiResponse>) {
  const response = await answer
  return response.text()
}

test.group('What a server answers to pages', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  let asked: Asked[] = []
  let answers: (asked: Asked) => unknown = () => ({})
  group.each.setup(() => {
    asked = []
    return answerWith(async (_server, question, given) => {
      asked.push({ question, given })
      return answers({ question, given })
    })
  })

  const paths = ({ domain, mailbox }: Tenant) => [
    `/domains/${domain.id}/mail_searches`,
    `/domains/${domain.id}/mail/program_sending`,
    `/domains/${domain.id}/mailbox_usages`,
    `/mailboxes/${mailbox.id}/mail_searches`,
    `/mailboxes/${mailbox.id}/usage`,
    `/mailboxes/${mailbox.id}/junk_mails`,
  ]

  const troubles: [string, () => Error, string][] = [
    ['is down', () => new Unreachable('x'), 'サーバに接続できない'],
    ['is asked too much', () => new TooManyQuestions('x'), '混み合っています'],
    ['refuses', () => new AgentRefusal('E', 'x', {}), '正しい応答がありません'],
    ['lies', () => new UntrustedReply('x'), '正しい応答がありません'],
  ]
  for (const [what, error, words] of troubles) {
    test(`REL-06: a server that ${what} is a notice on the page`, async ({ assert, client }) => {
      answers = () => {
        throw error()
      }
      const tenant = await makeTenant()
      for (const path of paths(tenant)) {
        const response = await client.get(path).loginAs(tenant.admin)
        response.assertStatus(200)
        assert.include(response.text(), words, path)
      }
      for (const noun of ['releases', 'deletions']) {
        const response = await client
          .post(`/mailboxes/${tenant.mailbox.id}/junk_mail_${noun}`)
          .header('referer', `/mailboxes/${tenant.mailbox.id}/junk_mails`)
          .form({ 'validity': 1, 'uids[]': [1], 'confirmed': 'true' })
          .loginAs(tenant.user)
          .withCsrfToken()
          .redirects(0)
        assert.include(JSON.stringify(response.flashMessages()), '操作できませんでした')
      }
      const line = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
      assert.isFalse(Boolean(line.succeeded))
    })
  }

  const garbage: unknown[] = [
    null,
    7,
    'x',
    [],
    {},
    { messages: 'x', validity: -1, total: 'many' },
    { messages: [null], validity: 1, total: 1, reached: null, skipped: [] },
    { messages: Array.from({ length: 5000 }, () => ({})), validity: 1, total: 5000 },
    { __proto__: null, messages: [{ uid: 1.5 }], validity: 1, total: 1 },
  ]
  test('REL-06: an answer of another shape is a notice, never an error', async ({ client }) => {
    const tenant = await makeTenant()
    for (const answer of garbage) {
      answers = () => answer
      for (const path of paths(tenant)) {
        const response = await client.get(path).loginAs(tenant.admin)
        response.assertStatus(200)
      }
    }
  })

  test('MAIL-11: what became of a message is told in plain Japanese', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { name } = tenant.domain
    const refused = (text: string) => ({ status: 'refused', by: 'RCPT', text })
    const cases: [object, string][] = [
      [{ done: [{ what: 'stored', of: 'INBOX' }] }, '受信トレイに入れました'],
      [{ done: [{ what: 'stored', of: 'JunkMail' }] }, 'JunkMailフォルダに隔離しました'],
      [{ done: [{ what: 'forwarded', of: 'e@x.jp' }] }, 'e@x.jp へ転送しました'],
      [
        { done: [{ what: 'forwarded', of: 'e@x.jp', status: 'deferred' }] },
        '転送を、相手のサーバが一時的に断っています',
      ],
      [{ done: [{ what: 'discarded', of: '' }] }, 'ユーザの設定（迷惑メールチェックまたは'],
      [{ done: [{ what: 'replied', of: 'e@x.jp' }] }, '不在の返信を送りました'],
      [{}, 'メールボックスに届けました'],
      [{ by: 'smtp', relay: 'mx.example.net[192.0.2.1]:25' }, '（mx.example.net）が受け取りました'],
      [{ status: 'deferred', by: 'smtp', text: '451 try later' }, '一時的に断っています'],
      [
        {
          status: 'deferred',
          by: 'smtp',
          text: 'connect to x[192.0.2.1]:25: Connection timed out',
        },
        '相手のサーバに接続できません',
      ],
      [
        {
          status: 'deferred',
          by: 'smtp',
          text: 'Host or domain name not found. Name service error',
        },
        'DNSで確認できません',
      ],
      [{ status: 'deferred', by: 'lmtp', text: '452 4.2.2 quota' }, '空きができるまで自動で'],
      [{ status: 'bounced', dsn: '5.1.1', text: 'User unknown' }, 'アドレスは存在しません'],
      [{ status: 'bounced', text: 'mail for x loops back to myself' }, 'outMXの設定をご確認'],
      [{ status: 'bounced', text: 'Host or domain name not found' }, 'ドメインが見つかりません'],
      [{ status: 'expired', text: '' }, '再送を続けましたが'],
      [refused('550 5.7.1 Virus found'), 'ウイルスが見つかったため'],
      [refused('550 5.1.1 <virus@x.jp>: User unknown'), 'ユーザがこのドメインに存在しない'],
      [refused('552 5.2.2 Mailbox is full'), 'メールボックスがいっぱいのため、受け取りません'],
      [
        { ...refused('554 5.7.1 Relay access denied'), to: 'x@elsewhere.jp' },
        '送信にはログインが必要です',
      ],
      [refused('553 5.7.1 Sender address rejected: not owned by user'), 'ログインしたユーザの'],
      [refused('450 4.2.1 x'), '停止中のため'],
      [{ status: 'unheard-of' }, 'このあとの記録はまだありません'],
    ]
    for (const [recipient, words] of cases) {
      answers = () => page(logged(name, {}, recipient))
      const response = await client
        .get(`/domains/${tenant.domain.id}/mail_searches`)
        .loginAs(tenant.admin)
      assert.include(response.text().replace(/\s+/g, ' '), words, JSON.stringify(recipient))
    }
  })

  test('MAIL-10: what was refused because of outMX is told so, as long as it is on and afterwards', async ({
    assert,
    client,
  }) => {
    const { domain, mailbox, admin } = await makeTenant()
    const refused = { status: 'refused', by: 'RCPT', text: '554 5.7.1 Relay access denied' }
    const to = `${mailbox.localPart}@${domain.name}`
    answers = () => page(logged(domain.name, {}, { ...refused, to }))
    for (const [outMx, words] of [
      [true, 'outMXが有効なため、このサーバでは受け取りませんでした'],
      [false, 'outMXが有効だったなど'],
    ] as const) {
      await domain.merge({ outMx }).save()
      for (const owner of [`/domains/${domain.id}`, `/mailboxes/${mailbox.id}`]) {
        const text = await textOf(client.get(`${owner}/mail_searches`).loginAs(admin))
        assert.include(text, words)
        assert.notInclude(text, '送信にはログインが必要です')
      }
    }
  })

  test('MAIL-11: a message without a Message-ID has no line for it', async ({ assert, client }) => {
    const { domain, admin } = await makeTenant()
    for (const [messageId, lines] of [
      ['<a@b>', 1],
      ['<>', 0],
      ['', 0],
    ] as const) {
      answers = () => page(logged(domain.name, { message_id: messageId }))
      const text = await textOf(client.get(`/domains/${domain.id}/mail_searches`).loginAs(admin))
      assert.lengthOf([...text.matchAll(/<dt>Message-ID/g)], lines)
    }
  })

  test('REL-04: of a former domain or user of the same name nothing is asked for', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    answers = () => page()
    const created = DateTime.utc().minus({ hours: 1 }).startOf('second')
    await tenant.mailbox.merge({ createdAt: created.plus({ minutes: 30 }) }).save()
    await tenant.domain.merge({ createdAt: created }).save()
    const query = '?since=2020-01-01&sender=a'
    await client.get(`/domains/${tenant.domain.id}/mail_searches${query}`).loginAs(tenant.admin)
    await client.get(`/mailboxes/${tenant.mailbox.id}/mail_searches${query}`).loginAs(tenant.user)
    assert.deepEqual(
      asked.map(({ given }) => given.since),
      [created.toSeconds(), created.plus({ minutes: 30 }).toSeconds()]
    )
  })

  test('MAIL-10: whoever waits for mail is told that it goes elsewhere', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const pages = [
      `/mailboxes/${tenant.mailbox.id}`,
      `/mailboxes/${tenant.mailbox.id}/client_setup`,
      `/domains/${tenant.domain.id}/mailboxes`,
      `/domains/${tenant.domain.id}/mail`,
    ]
    for (const outMx of [false, true]) {
      await tenant.domain.merge({ outMx }).save()
      for (const path of pages) {
        const text = await textOf(client.get(path).loginAs(tenant.admin))
        assert.equal(text.includes('outMXが有効です'), outMx, path)
      }
    }
  })

  test('a slow answer of the server is not taken for a broken server', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    answers = () => {
      throw new AgentRefusal('E_TOO_SLOW', 'x', {})
    }
    const path = `/mailboxes/${tenant.mailbox.id}/junk_mails`
    assert.include(await textOf(client.get(path).loginAs(tenant.user)), '混み合っています')
  })

  test('REL-04: even a server that tells it does not show whom somebody else forwards to', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const done = [{ what: 'forwarded', of: 'secret@private.example' }]
    const colleague = `other@${tenant.domain.name}`
    const seen = async (path: string, to: string) => {
      answers = () => page(logged(tenant.domain.name, {}, { to, done }))
      return textOf(client.get(path).loginAs(tenant.user))
    }
    const own = `/mailboxes/${tenant.mailbox.id}/mail_searches`
    for (const to of ['yuki@elsewhere.jp', colleague])
      assert.notInclude(await seen(own, to), 'secret@private.example')
    const himself = `${tenant.mailbox.localPart}@${tenant.domain.name}`
    assert.include(await seen(own, himself), 'secret@private.example')
  })

  test('security.md: what others wrote into the log is text', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const recipient = { to: evil, orig_to: evil, text: evil, done: [{ what: 'stored', of: evil }] }
    answers = () =>
      page(
        logged('x', { sender: evil, message_id: evil, login: evil, id: evil }, recipient),
        logged('x', { sender: 'a\u202eb\u0007\r\nc' }, { status: 'refused', text: evil })
      )
    for (const path of paths(tenant).filter((each) => each.includes('search'))) {
      const text = await textOf(client.get(path).loginAs(tenant.admin))
      assert.notInclude(text, '<script>alert')
      assert.include(text, '&lt;script&gt;')
      for (const hidden of ['\u202e', '\u0007']) assert.notInclude(text, hidden)
    }
    answers = () => ({
      validity: 1,
      total: 1,
      messages: [junk(1, { subject: evil, name: evil, address: evil, score: evil })],
    })
    const list = await client.get(`/mailboxes/${tenant.mailbox.id}/junk_mails`).loginAs(tenant.user)
    assert.notInclude(list.text(), '<script>alert')
  })

  test('MAIL-11: a search asks for this domain, these days and these words only', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await tenant.domain.merge({ createdAt: DateTime.utc(2020, 1, 1) }).save()
    answers = () => page()
    const day = new Date(Date.now() - 86_400_000).toLocaleDateString('sv', {
      timeZone: 'Asia/Tokyo',
    })
    const path = `/domains/${tenant.domain.id}/mail_searches`
    const query = `?sender=%20A%40B.jp%0a&recipient=%00x&since=${day}&until=${day}&domain=other.jp`
    await client.get(path + query).loginAs(tenant.contractor)
    const [{ given }] = asked
    assert.equal(given.domain, tenant.domain.name)
    const programs = `${tenant.domain.unixName}@${tenant.server.hostname}`
    assert.deepEqual([given.senders, given.uids], [[programs], [tenant.domain.uid]])
    assert.deepEqual([given.sender, given.recipient], ['a@b.jp', 'x'])
    assert.equal(given.since, Date.parse(`${day}T00:00:00+09:00`) / 1000)
    assert.equal(given.before - given.since, 86_400)

    for (const nonsense of ['since=x&until=9999-99-99', 'before=-5', 'before=9e99', 'since[]=1']) {
      const response = await client.get(`${path}?${nonsense}`).loginAs(tenant.admin)
      response.assertStatus(200)
      const last = asked.at(-1)!.given
      assert.isAtMost(last.before - last.since, 3 * 86_400)
    }
    const wide = await client.get(`${path}?since=2000-01-01`).loginAs(tenant.admin)
    wide.assertStatus(200)
    assert.isAtMost(asked.at(-1)!.given.before - asked.at(-1)!.given.since, 36 * 86_400)
  })

  test("MAIL-11: a user's search is about his own address", async ({ assert, client }) => {
    const tenant = await makeTenant()
    answers = () => page()
    await client.get(`/mailboxes/${tenant.mailbox.id}/mail_searches`).loginAs(tenant.user)
    const [{ given }] = asked
    assert.equal(given.address, `${tenant.mailbox.localPart}@${tenant.domain.name}`)
    assert.deepEqual(given.uids, [tenant.mailbox.uid])
    assert.isUndefined(given.senders)
  })

  test('MAIL-11: a search that did not get through says how far it came, and goes on there', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    answers = () => ({ ...page(), reached: now - 7200, skipped: ['postfix.log-1.gz'] })
    const path = `/domains/${tenant.domain.id}/mail_searches?sender=a`
    const text = await textOf(client.get(path).loginAs(tenant.admin))
    assert.include(text, 'ここまでには見つかりませんでした')
    assert.include(text, '記録は大きすぎる')
    const [, before] = /before=(\d+)/.exec(text) ?? []
    assert.equal(Number(before), now - 7199)
    await client.get(`${path}&before=${before}`).loginAs(tenant.admin)
    assert.equal(asked.at(-1)!.given.before, now - 7199)
  })

  test('PNL-05: the list is there before its figures, which are one question', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const list = await client.get(`/domains/${tenant.domain.id}/mailboxes`).loginAs(tenant.admin)
    assert.lengthOf(asked, 0)
    assert.include(list.text(), `id="usage-${tenant.mailbox.id}"`)

    const address = `${tenant.mailbox.localPart}@${tenant.domain.name}`
    answers = ({ question }) =>
      question === 'mail_usage'
        ? { [address]: 512 * 1024, 'other@elsewhere.jp': 5 }
        : [{ user: address, kind: 'day', since: now - 60, until: now + 600 }]
    const fragment = await client
      .get(`/domains/${tenant.domain.id}/mailbox_usages`)
      .header('X-Requested-With', 'XMLHttpRequest')
      .loginAs(tenant.admin)
    assert.sameMembers(
      asked.map(({ question }) => question),
      ['mail_usage', 'sending_locks']
    )
    const text = fragment.text().replace(/\s+/g, ' ')
    assert.notInclude(text, '<html')
    assert.include(text, `data-for="usage-${tenant.mailbox.id}"`)
    assert.include(text, '512 MB')
    assert.include(text, '50%')
    assert.include(text, `data-for="lock-${tenant.mailbox.id}"`)
    assert.notInclude(text, 'elsewhere')

    answers = ({ question }) => (question === 'mail_usage' ? { [address]: 3 * 2 ** 20 } : [])
    const full = await textOf(
      client.get(`/mailboxes/${tenant.mailbox.id}/usage`).loginAs(tenant.admin)
    )
    assert.include(full, '100%', 'who has less room than he takes is full, not more')
  })

  test('MAIL-11: a lock is shown with a way to end it for who may; what was ended is not shown', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const address = `${tenant.mailbox.localPart}@${tenant.domain.name}`
    answers = ({ question }) =>
      question === 'mail_usage'
        ? {}
        : [{ user: address, kind: 'hour', since: now - 60, until: now + 600 }]
    const path = `/mailboxes/${tenant.mailbox.id}/usage`
    const seen = async (account: Tenant['admin']) => textOf(client.get(path).loginAs(account))
    assert.include(await seen(tenant.admin), `/mailboxes/${tenant.mailbox.id}/sending_unlock`)
    assert.include(await seen(tenant.user), 'メールの送信を止めています')
    assert.notInclude(await seen(tenant.user), 'sending_unlock')
    await client
      .post(`/mailboxes/${tenant.mailbox.id}/sending_unlock`)
      .form({})
      .loginAs(tenant.admin)
      .withCsrfToken()
      .redirects(0)
    assert.notInclude(await seen(tenant.admin), 'メールの送信を止めています')
  })

  test('MAIL-11: a stop of the programs’ mail is shown on the page of the domain’s mail, with a way to end it', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { domain, server, admin, user } = tenant
    const own = `/domains/${domain.id}/mail`
    const seen = (as = admin) => textOf(client.get(`${own}/program_sending`).loginAs(as))
    answers = () => []
    const shown = await client.get(own).loginAs(admin)
    assert.include(shown.text(), `data-fragment="${own}/program_sending"`)
    assert.lengthOf(asked, 0)
    assert.include(await seen(), '送信できます')
    assert.deepEqual(asked[0].given, {
      domain: domain.name,
      users: [`${domain.unixName}@${server.hostname}`],
    })

    answers = ({ given }) => [
      { user: (given.users as string[])[0], kind: 'hour', since: now - 60, until: now + 600 },
    ]
    assert.include(await seen(), 'サイトのプログラムからの送信を止めています')
    assert.include(await seen(), `${own}/program_sending_unlock`)
    const fragment = await client
      .get(`${own}/program_sending`)
      .header('X-Requested-With', 'XMLHttpRequest')
      .loginAs(tenant.contractor)
    assert.notInclude(fragment.text(), '<html')
    assert.include(fragment.text(), '送信を再開する')

    const unlock = (as: typeof admin) =>
      client.post(`${own}/program_sending_unlock`).form({}).loginAs(as).withCsrfToken().redirects(0)
    const refused = await unlock(user)
    refused.assertStatus(404)
    const done = await unlock(admin)
    const task = await Task.query().where('server_id', server.id).firstOrFail()
    done.assertHeader('location', `${own}?apply=${task.id}`)
    assert.include(await seen(), '送信できます')
    const desired = await loadDesiredServer(server.id, [domain.id])
    assert.approximately(desired.details.get(domain.id)!.programsUnlockedAt, Date.now() / 1000, 5)
    const line = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(line.action, 'program_sending_unlock.store')
    answers = () => {
      throw new Unreachable('gone')
    }
    assert.include(await seen(), 'サーバに接続できない')
  })

  function send(client: ApiClient, tenant: Tenant, noun: string, form: object, as = tenant.user) {
    return client
      .post(`/mailboxes/${tenant.mailbox.id}/junk_mail_${noun}`)
      .header('referer', `/mailboxes/${tenant.mailbox.id}/junk_mails`)
      .form(form)
      .loginAs(as)
      .withCsrfToken()
      .redirects(0)
  }

  test('MAIL-04: chosen messages are released, and their senders allowed when that is wished', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    answers = () => ({ messages: [junk(3), junk(5, { address: 'no address' })] })
    await send(client, tenant, 'releases', { 'validity': 7, 'uids[]': [3, 5] })
    const line = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(line.action, 'junk_mail_release.store')
    assert.deepInclude(asked[0], { question: 'release_junk' })
    assert.deepEqual(asked[0].given, {
      domain: tenant.domain.name,
      user: `${tenant.mailbox.localPart}@${tenant.domain.name}`,
      validity: 7,
      uids: [3, 5],
    })
    const owner = { domainId: tenant.domain.id, mailboxId: tenant.mailbox.id }
    assert.deepEqual(await MailSender.patternsOf(owner, 'allow'), [])
    await send(client, tenant, 'releases', { 'validity': 7, 'uids[]': [3, 5], 'allow': 'true' })
    assert.deepEqual(await MailSender.patternsOf(owner, 'allow'), ['s3@spam.example'])
  })

  test('MAIL-05: a full list takes no sender of a released message, and that is said', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const owner = { domainId: tenant.domain.id, mailboxId: tenant.mailbox.id }
    const full = Array.from({ length: 100 }, (_, n) => `u${n}@friend.example`)
    await tenant.mailbox.setSenders('allow', full, { by: tenant.user, ip: null })
    answers = () => ({ messages: [junk(3)] })
    const form = { 'validity': 7, 'uids[]': [3], 'allow': 'true' }
    const response = await send(client, tenant, 'releases', form)
    assert.include(JSON.stringify(response.flashMessages()), 'ホワイトリストがいっぱい（100件）')
    assert.sameMembers(await MailSender.patternsOf(owner, 'allow'), full)
    const known = { messages: [junk(3, { address: full[0] })] }
    answers = () => known
    const again = await send(client, tenant, 'releases', form)
    assert.notProperty(again.flashMessages(), 'inputErrorsBag')
  })

  test('MAIL-04: nothing is deleted before it was asked once more', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const chosen = [junk(5, { subject: evil }), junk(3, { name: '', subject: '' })]
    answers = ({ question }) => (question === 'chosen_junk' ? { messages: chosen } : { deleted: 2 })
    const form = { 'validity': 7, 'uids[]': [3, 5, 6] }
    const confirmation = await send(client, tenant, 'deletions', form)
    assert.deepEqual(
      asked.map(({ question, given }) => [question, given.validity, given.uids]),
      [['chosen_junk', 7, [3, 5, 6]]]
    )
    const text = confirmation.text()
    for (const words of [
      '選んだ 2 通のメールを削除すると',
      '&lt;script&gt;alert(1)',
      '差出 人（s5@spam.example）',
      '（件名なし）',
      's3@spam.example',
    ])
      assert.include(text, words)
    assert.notInclude(text, '<script>alert')
    const numbers = [...text.matchAll(/name="uids\[\]" value="(\d+)"/g)].map(([, uid]) => uid)
    assert.deepEqual(numbers, ['5', '3'])
    await send(client, tenant, 'deletions', { ...form, confirmed: 'true' })
    assert.equal(asked[1].question, 'delete_junk')
    const line = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
    assert.deepInclude(line.$attributes, {
      action: 'junk_mail_deletion.store',
      accountId: tenant.user.id,
    })
  })

  test('MAIL-04: what is gone, or cannot be looked at, is not asked about', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const form = { 'validity': 7, 'uids[]': [3] }
    answers = () => ({ messages: [] })
    const gone = await send(client, tenant, 'deletions', form)
    assert.include(JSON.stringify(gone.flashMessages()), 'すでに削除または移動されています')
    answers = () => ({ messages: [junk(3), junk(4)] })
    const odd = await send(client, tenant, 'deletions', form)
    assert.include(JSON.stringify(odd.flashMessages()), '操作できませんでした')
    assert.lengthOf(await OperationLog.query().where('action', 'junk_mail_deletion.store'), 0)
  })

  test('MAIL-04: odd choices are refused before the server is asked', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const odd = [
      { validity: 7 },
      { 'validity': 7, 'uids[]': ['1 or 1=1'] },
      { 'validity': 7, 'uids[]': [-1] },
      { 'validity': 7, 'uids[]': ['1:*'] },
      { 'validity': 'x', 'uids[]': [1] },
      { 'validity': 7, 'uids[]': Array.from({ length: 51 }, (_, n) => n + 1) },
    ]
    for (const form of odd) {
      for (const noun of ['releases', 'deletions']) {
        const response = await send(client, tenant, noun, form)
        response.assertStatus(302)
      }
    }
    assert.lengthOf(asked, 0)
  })

  test('MAIL-04: a neighbour of the same domain gets nothing', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const other = await makeTenant()
    for (const account of [other.user, other.admin, other.contractor]) {
      const list = await client.get(`/mailboxes/${tenant.mailbox.id}/junk_mails`).loginAs(account)
      list.assertStatus(404)
      const form = { 'validity': 7, 'uids[]': [1] }
      const release = await send(client, tenant, 'releases', form, account)
      release.assertStatus(404)
    }
    assert.lengthOf(asked, 0)
  })

  test('MAIL-11: the profile for iPhones is a valid property list without a password', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await tenant.domain.merge({ unicodeName: 'あ&<い>.jp' }).save()
    const response = await client
      .get(`/mailboxes/${tenant.mailbox.id}/client_profile`)
      .loginAs(tenant.user)
    assert.include(response.header('content-type') ?? '', 'application/x-apple-aspen-config')
    const text = Buffer.isBuffer(response.body()) ? String(response.body()) : response.text()
    const { execFileSync } = await import('node:child_process')
    const read = execFileSync(
      'python3',
      [
        '-c',
        'import plistlib,json,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))',
      ],
      { input: text, encoding: 'utf8' }
    )
    const profile = JSON.parse(read)
    const [account] = profile.PayloadContent
    const address = `${tenant.mailbox.localPart}@${tenant.domain.name}`
    assert.equal(account.EmailAddress, address)
    for (const [way, port] of [
      ['Incoming', 993],
      ['Outgoing', 465],
    ] as const) {
      assert.equal(account[`${way}MailServerHostName`], tenant.server.hostname)
      assert.equal(account[`${way}MailServerPortNumber`], port)
      assert.isTrue(account[`${way}MailServerUseSSL`])
      assert.equal(account[`${way}MailServerUsername`], address)
    }
    assert.include(profile.PayloadDisplayName, 'あ&<い>.jp')
    assert.match(
      account.PayloadUUID,
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    )
    const again = await client
      .get(`/mailboxes/${tenant.mailbox.id}/client_profile`)
      .loginAs(tenant.user)
    assert.deepEqual(again.body(), response.body(), 'a phone replaces the one that it has')
    assert.notMatch(text, /Password<\/key>\s*<string>(?!EmailAuthPassword)/)
    const keys = text.match(/<key>[^<]*Password<\/key>/g)
    assert.deepEqual(keys, ['<key>OutgoingPasswordSameAsIncomingPassword</key>'])
  })

  test('MAIL-11: the set-up page has everything to type, for each kind of client', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const path = `/mailboxes/${tenant.mailbox.id}/client_setup`
    const text = await textOf(client.get(path).loginAs(tenant.user))
    for (const words of ['Outlook', 'Thunderbird', 'iPhone', 'Android', tenant.server.hostname])
      assert.include(text, words)
    assert.include(text, `/mailboxes/${tenant.mailbox.id}/client_profile`)
  })
})
