import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeDomain, makeMailbox, makeTenant, type Tenant } from '#database/factories/tenant'
import type { DesiredMailbox } from '#convergence/desired_server'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { today } from '#models/day'
import type Account from '#models/account'
import Mailbox from '#models/mailbox'
import MailSender from '#models/mail_sender'
import MailboxForward from '#models/mailbox_forward'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { queriesOf } from '#tests/support/counted_queries'

type Input = Record<string, unknown>

function save(client: ApiClient, by: Account, mailbox: Mailbox, setting: string, input: Input) {
  const path = `/mailboxes/${mailbox.id}/${setting}`
  return client
    .post(`${path}?_method=PUT`)
    .header('referer', path)
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

const tasksOf = ({ server }: Tenant) => Task.query().where('server_id', server.id)
const errorsOf = (response: { flashMessage(name: string): unknown }) =>
  JSON.stringify(response.flashMessage('inputErrorsBag') ?? {})

/** What the server will be told of one mailbox. */
async function desiredOf({ server, domain, mailbox }: Tenant) {
  const desired = await loadDesiredServer(server.id, [domain.id])
  return desired.details.get(domain.id)!.mailboxes.find(({ id }) => id === mailbox.id)!
}

const spam = { spam_check: 'on', spam_level: 'strict', spam_action: 'quarantine' }
const list = { senders: 'Bad@Spam.example\n日本語.jp\n192.0.2.9/24' }
const patterns = ['192.0.2.0/24', 'bad@spam.example', 'xn--wgv71a119e.jp']
const forwards = { forwards: 'hanako@elsewhere.jp', forward_keeps: 'off' }
const vacation = {
  vacation: 'on',
  vacation_subject: '不在のお知らせ',
  vacation_text: '休みです。\r\n月曜に戻ります。\r\n\r\n',
  vacation_from: '2026/11/1',
  vacation_until: '２０９９-１２-３１',
}

const settings: [string, string, Input, (told: DesiredMailbox) => unknown, unknown][] = [
  ['MAIL-03', 'virus_warning', { virus_warning: 'off' }, (told) => told.virusWarning, false],
  ['MAIL-04', 'spam_check', spam, (told) => told.spam, { score: 5, action: 'quarantine' }],
  ['MAIL-04', 'spam_check', { ...spam, spam_check: 'off' }, (told) => told.spam, null],
  ['MAIL-05', 'allowed_senders', list, (told) => told.allowedSenders, patterns],
  ['MAIL-08', 'rejected_senders', list, (told) => told.rejectedSenders, patterns],
  [
    'MAIL-07',
    'forwards',
    forwards,
    (told) => told.forward,
    { to: ['hanako@elsewhere.jp'], keep: false },
  ],
  ['MAIL-09', 'user_script', { user_script: 'on' }, (told) => told.userScript, true],
  [
    'MAIL',
    'vacation',
    vacation,
    (told) => told.vacation,
    {
      subject: '不在のお知らせ',
      text: '休みです。\n月曜に戻ります。',
      from: '2026-11-01',
      until: '2099-12-31',
    },
  ],
]

test.group('Mail settings', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const [id, setting, input, read, wanted] of settings) {
    for (const role of ['user', 'admin', 'contractor'] as const) {
      test(`${id}: ${role} sets ${setting} ${JSON.stringify(input).slice(0, 40)}, and the server is told`, async ({
        assert,
        client,
      }) => {
        const tenant = await makeTenant()
        const form = await client
          .get(`/mailboxes/${tenant.mailbox.id}/${setting}`)
          .loginAs(tenant[role])
        form.assertStatus(200)
        const response = await save(client, tenant[role], tenant.mailbox, setting, input)
        const task = await tasksOf(tenant).firstOrFail()
        response.assertHeader('location', `/mailboxes/${tenant.mailbox.id}?apply=${task.id}`)
        assert.deepEqual(JSON.parse(task.payload).domainIds, [tenant.domain.id])
        assert.deepEqual(read(await desiredOf(tenant)), wanted)
        const log = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
        assert.match(log.action, /\.update$/)
        assert.include(log.target, `${tenant.mailbox.localPart}@`)
        assert.isTrue(log.succeeded)
      })
    }

    test(`${id}: ${setting} ${JSON.stringify(input).slice(0, 40)} saved as it was asks for no apply and leaves no line`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      await save(client, tenant.user, tenant.mailbox, setting, input)
      const again = await save(client, tenant.user, tenant.mailbox, setting, input)
      again.assertHeader('location', `/mailboxes/${tenant.mailbox.id}`)
      assert.equal(again.flashMessage('success'), '変更はありませんでした。')
      assert.lengthOf(await tasksOf(tenant), 1)
      assert.lengthOf(await OperationLog.all(), 1)
    })

    test(`${id}: a double click on ${setting} ${JSON.stringify(input).slice(0, 40)} is one change`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const send = () => save(client, tenant.user, tenant.mailbox, setting, input)
      const answers = await Promise.all([send(), send()])
      assert.deepEqual(
        answers.map((each) => each.status()),
        [302, 302]
      )
      assert.lengthOf(await tasksOf(tenant), 1)
    })
  }

  test('REL-04: a user finds neither his colleague nor his domain', async ({ client }) => {
    const tenant = await makeTenant()
    const { mailbox } = await makeMailbox(tenant.domain, tenant.server)
    for (const setting of ['virus_warning', 'spam_check', 'allowed_senders', 'forwards']) {
      const page = await client.get(`/mailboxes/${mailbox.id}/${setting}`).loginAs(tenant.user)
      page.assertStatus(404)
    }
    const mail = await client.get(`/domains/${tenant.domain.id}/mail`).loginAs(tenant.user)
    mail.assertStatus(404)
  })

  const nonsense: [string, Input, string][] = [
    ['virus_warning', {}, '入力してください'],
    ['virus_warning', { virus_warning: 'maybe' }, '一覧から選んで'],
    ['spam_check', { ...spam, spam_level: '1' }, '一覧から選んで'],
    ['spam_check', { ...spam, spam_action: 'forward' }, '一覧から選んで'],
    ['user_script', { user_script: '1' }, '一覧から選んで'],
    ['forwards', { forwards: 'a@x.jp' }, '入力してください'],
    [
      'forwards',
      { forward_keeps: 'on', forwards: 'a@x.jp\nsato.@docomo.ne.jp' },
      '2行目「sato.@docomo.ne.jp」',
    ],
    ['forwards', { forward_keeps: 'on', forwards: 'a..b@x.jp' }, '「..」を含むアドレス'],
    ['forwards', { forward_keeps: 'on', forwards: '|/bin/sh' }, 'user@example.jp'],
    ['forwards', { forward_keeps: 'on', forwards: 'a@x.jp\\"; keep; #' }, '1行目'],
    ['forwards', { forward_keeps: 'on', forwards: `${'x'.repeat(30_001)}` }, '30000文字以内'],
    ['rejected_senders', { senders: 'ok.jp\n\nmail.*.jp' }, '3行目「mail.*.jp」'],
    ['rejected_senders', { senders: '2001:db8::1' }, 'IPv6'],
    ['allowed_senders', { senders: '0.0.0.0/0' }, '/8から/32'],
    ['vacation', { vacation: 'on' }, '件名を入力'],
    ['vacation', { ...vacation, vacation_text: '' }, '本文を入力'],
    ['vacation', { ...vacation, vacation_subject: 'a\r\nBcc: x@y.jp' }, '目に見えない文字'],
    ['vacation', { ...vacation, vacation_text: 'a\u0000b' }, '制御文字'],
    ['vacation', { ...vacation, vacation_text: 'あ'.repeat(2001) }, '2000文字以内'],
    ['vacation', { ...vacation, vacation_from: '2026-02-30' }, '実際にある日'],
    [
      'vacation',
      { ...vacation, vacation_from: '2099-12-31', vacation_until: '2099-12-30' },
      '終了日は',
    ],
    ['vacation', { ...vacation, vacation_until: '2020-01-01', vacation_from: '' }, '過ぎています'],
  ]
  for (const [setting, input, words] of nonsense) {
    test(`security.md: ${setting} ${JSON.stringify(input).slice(0, 90)} is refused at the field`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const response = await save(client, tenant.user, tenant.mailbox, setting, input)
      response.assertHeader('location', `/mailboxes/${tenant.mailbox.id}/${setting}`)
      assert.include(errorsOf(response), words)
      assert.isNull(await tasksOf(tenant).first())
    })
  }

  test('MAIL: a vacation that is over may be kept for the next time', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const over = { ...vacation, vacation: 'off', vacation_from: '', vacation_until: '2020-01-01' }
    await save(client, tenant.user, tenant.mailbox, 'vacation', over)
    await tenant.mailbox.refresh()
    assert.equal(tenant.mailbox.vacationUntil, '2020-01-01')
    const lastDay = { ...vacation, vacation_until: today() }
    const isSaid = async (words: string) => {
      const page = await client.get(`/mailboxes/${tenant.mailbox.id}`).loginAs(tenant.user)
      page.assertTextIncludes(words)
    }
    const response = await save(client, tenant.user, tenant.mailbox, 'vacation', lastDay)
    assert.include(response.header('location'), 'apply=')
    await isSaid('返信しています')
    await tenant.mailbox.refresh()
    await tenant.mailbox.merge({ vacationUntil: '2020-01-01' }).save()
    await isSaid('終了しました')
    await tenant.mailbox.merge({ vacationFrom: '2098-01-01', vacationUntil: null }).save()
    await isSaid('開始日になると')
  })

  test('MAIL-05: a hundred entries fit, one more is said with both numbers', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const lines = Array.from({ length: 101 }, (_, index) => `user${index}@spam.example`)
    const refused = await save(client, tenant.user, tenant.mailbox, 'allowed_senders', {
      senders: lines.join('\n'),
    })
    assert.include(errorsOf(refused), '登録できるのは100件まで')
    assert.include(errorsOf(refused), '101件')
    const taken = [...lines.slice(1), lines[1], lines[2].toUpperCase()]
    await save(client, tenant.user, tenant.mailbox, 'allowed_senders', {
      senders: taken.join('\r\n'),
    })
    const { domainId, id: mailboxId } = tenant.mailbox
    assert.lengthOf(await MailSender.patternsOf({ domainId, mailboxId }, 'allow'), 100)
  })

  for (const [id, setting, field] of [
    ['MAIL-07', 'forwards', 'forwards'],
    ['MAIL-08', 'rejected_senders', 'senders'],
  ] as const) {
    test(`${id}: of ${setting}, too, a hundred fit and no more`, async ({ assert, client }) => {
      const tenant = await makeTenant()
      const lines = Array.from({ length: 101 }, (_, index) => `user${index}@far.example`)
      const saveAll = (all: string[]) =>
        save(client, tenant.user, tenant.mailbox, setting, {
          forward_keeps: 'on',
          [field]: all.join('\n'),
        })
      assert.include(errorsOf(await saveAll(lines)), '登録できるのは100件まで')
      assert.isNull(await tasksOf(tenant).first())
      const taken = await saveAll(lines.slice(1))
      assert.include(taken.header('location'), 'apply=')
    })
  }

  test('MAIL-08: the form shows what was typed again, with the lines that are wrong', async ({
    assert,
    client,
  }) => {
    const { user, mailbox } = await makeTenant()
    const typed = 'good.jp\n<b>bad</b>\n"><script>alert(1)</script>'
    const refusal = await save(client, user, mailbox, 'rejected_senders', { senders: typed })
    const page = await client
      .get(`/mailboxes/${mailbox.id}/rejected_senders`)
      .withFlashMessages(refusal.flashMessages())
      .loginAs(user)
    page.assertTextIncludes('2行目「&lt;b&gt;bad&lt;/b&gt;」')
    page.assertTextIncludes('good.jp\n&lt;b&gt;bad&lt;/b&gt;\n&quot;&gt;&lt;script&gt;')
    assert.notInclude(page.text(), '<script>alert')
    page.assertTextIncludes('<a href="#senders">')
  })

  test('MAIL-05: a Japanese domain is shown as it was typed, and saved again is no change', async ({
    assert,
    client,
  }) => {
    const { user, mailbox } = await makeTenant()
    await save(client, user, mailbox, 'allowed_senders', list)
    const page = await client.get(`/mailboxes/${mailbox.id}/allowed_senders`).loginAs(user)
    const shown = /<textarea[^>]*>\n([^<]*)/.exec(page.text())![1]
    assert.include(shown, '日本語.jp')
    assert.notInclude(shown, 'xn--')
    const again = await save(client, user, mailbox, 'allowed_senders', { senders: shown })
    assert.equal(again.flashMessage('success'), '変更はありませんでした。')
  })

  test('MAIL-07: a field that was emptied stays empty when something else is wrong', async ({
    assert,
    client,
  }) => {
    const { user, mailbox } = await makeTenant()
    await save(client, user, mailbox, 'forwards', forwards)
    const refusal = await save(client, user, mailbox, 'forwards', { forwards: '' })
    const page = await client
      .get(`/mailboxes/${mailbox.id}/forwards`)
      .withFlashMessages(refusal.flashMessages())
      .loginAs(user)
    assert.notInclude(page.text(), 'hanako@elsewhere.jp')
  })

  test('MAIL-08: who did not see the list as it is now is asked before he overwrites it', async ({
    assert,
    client,
  }) => {
    const { admin, user, mailbox } = await makeTenant()
    const versionIn = async () => {
      const form = await client.get(`/mailboxes/${mailbox.id}/rejected_senders`).loginAs(user)
      return /name="loaded" value="(\w+)"/.exec(form.text())![1]
    }
    const loaded = await versionIn()
    await save(client, admin, mailbox, 'rejected_senders', { senders: 'one.jp' })
    const mine = { senders: 'two.jp', loaded }
    const refused = await save(client, user, mailbox, 'rejected_senders', mine)
    assert.include(errorsOf(refused), 'ほかの人が一覧を変更')
    const owner = { domainId: mailbox.domainId, mailboxId: mailbox.id }
    assert.deepEqual(await MailSender.patternsOf(owner, 'reject'), ['one.jp'])
    await save(client, user, mailbox, 'rejected_senders', { ...mine, loaded: await versionIn() })
    assert.deepEqual(await MailSender.patternsOf(owner, 'reject'), ['two.jp'])
  })

  test('MAIL-07: who did not see the forwards as they are now is asked, too', async ({
    assert,
    client,
  }) => {
    const { admin, user, mailbox } = await makeTenant()
    const path = `/mailboxes/${mailbox.id}/forwards`
    const form = await client.get(path).loginAs(user)
    const loaded = /name="loaded" value="(\w+)"/.exec(form.text())![1]
    await save(client, admin, mailbox, 'forwards', forwards)
    const mine = { forwards: 'mine@elsewhere.jp', forward_keeps: 'on', loaded }
    const refused = await save(client, user, mailbox, 'forwards', mine)
    assert.include(errorsOf(refused), 'ほかの人が一覧を変更')
    assert.deepEqual(await MailboxForward.addressesOf(mailbox.id), ['hanako@elsewhere.jp'])
  })

  test('MAIL-09: the page says where the script goes, and that it must be executable', async ({
    client,
  }) => {
    const { user, mailbox, domain } = await makeTenant()
    const page = await client.get(`/mailboxes/${mailbox.id}/user_script`).loginAs(user)
    page.assertTextIncludes(`/data/domain/${domain.name}/home/${mailbox.localPart}/data/myscript`)
    for (const words of ['実行権限', '10秒', '標準入力']) page.assertTextIncludes(words)
    page.assertTextIncludes(`/mailboxes/${mailbox.id}/client_setup#ftp`)
  })

  test('MAIL-11: a locked account is unlocked by who manages it, not by itself', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const unlock = (by: Account) =>
      client
        .post(`/mailboxes/${tenant.mailbox.id}/sending_unlock`)
        .form({})
        .loginAs(by)
        .withCsrfToken()
        .redirects(0)
    const refused = await unlock(tenant.user)
    refused.assertStatus(403)
    assert.propertyVal(await desiredOf(tenant), 'sendingUnlockedAt', 0)
    const done = await unlock(tenant.admin)
    assert.match(done.header('location') ?? '', /apply=/)
    const { sendingUnlockedAt } = await desiredOf(tenant)
    assert.closeTo(sendingUnlockedAt, Date.now() / 1000, 5)
  })

  test('the page of a user shows his settings with a fixed number of queries', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const page = `/mailboxes/${tenant.mailbox.id}`
    const few = await queriesOf(() => client.get(page).loginAs(tenant.user))
    const lines = (domain: string) =>
      Array.from({ length: 100 }, (_, n) => `u${n}@${domain}`).join('\n')
    await save(client, tenant.user, tenant.mailbox, 'allowed_senders', { senders: lines('a.jp') })
    await save(client, tenant.user, tenant.mailbox, 'forwards', {
      forwards: lines('b.jp'),
      forward_keeps: 'on',
    })
    const many = await queriesOf(() => client.get(page).loginAs(tenant.user))
    assert.equal(many, few)
    assert.isAbove(many, 3)
    assert.isAtMost(many, 11)
    const shown = await client.get(page).loginAs(tenant.user)
    shown.assertTextIncludes('100 件のアドレスに転送')
  })
})

test.group('Forwarding', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  const to = (addresses: string) => ({ forwards: addresses, forward_keeps: 'on' })
  const addressOf = ({ mailbox, domain }: Pick<Tenant, 'mailbox' | 'domain'>) =>
    `${mailbox.localPart}@${domain.name}`

  test('MAIL-07: to oneself is refused, however it is written', async ({ assert, client }) => {
    const tenant = await makeTenant()
    for (const typed of [
      addressOf(tenant),
      addressOf(tenant).toUpperCase(),
      `<${addressOf(tenant)}>`,
    ]) {
      const response = await save(
        client,
        tenant.user,
        tenant.mailbox,
        'forwards',
        to(`a@x.jp\n${typed}`)
      )
      assert.match(errorsOf(response), /2行目「[^」]*」：自分自身/)
    }
    assert.isEmpty(await MailboxForward.all())
  })

  test('MAIL-07, MAIL-01: the admin does not forward to postmaster, which is himself', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const mailbox = await Mailbox.findOrFail(admin.mailboxId)
    for (const name of ['postmaster', 'webmaster']) {
      const response = await save(client, admin, mailbox, 'forwards', to(`${name}@${domain.name}`))
      assert.include(errorsOf(response), '回り続けます')
    }
  })

  test("MAIL-07: addresses at a server's own name, of accounts or rewritten senders, are no targets", async ({
    assert,
    client,
  }) => {
    const { admin, server } = await makeTenant()
    const mailbox = await Mailbox.findOrFail(admin.mailboxId)
    for (const name of ['d1', 'SRS0=6QcwnZ6O=JL=example.com=a']) {
      const typed = `a@x.jp\n${name}@${server.hostname}`
      const response = await save(client, admin, mailbox, 'forwards', to(typed))
      assert.include(errorsOf(response), 'サーバ自身のアドレス')
    }
    assert.isEmpty(await MailboxForward.all())
  })

  test('MAIL-07: A → B → C → A is refused with its way, over domains and servers', async ({
    assert,
    client,
  }) => {
    const a = await makeTenant()
    const { domain: other } = await makeDomain(a.server)
    const { mailbox: b } = await makeMailbox(a.domain, a.server, 'bunko')
    const { mailbox: c } = await makeMailbox(other, a.server, 'chie')
    const [atA, atB, atC] = [addressOf(a), `bunko@${a.domain.name}`, `chie@${other.name}`]
    await save(client, a.contractor, a.mailbox, 'forwards', to(`x@elsewhere.jp\n${atB}`))
    await save(client, a.contractor, b, 'forwards', to(atC))
    const response = await save(client, a.contractor, c, 'forwards', to(`y@elsewhere.jp\n${atA}`))
    assert.include(errorsOf(response), `（${atC} → ${atA} → ${atB} → ${atC}）`)
    assert.isEmpty(await MailboxForward.addressesOf(c.id))
    const log = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
    assert.isFalse(log.succeeded)

    const fine = await save(
      client,
      a.contractor,
      c,
      'forwards',
      to(`z@elsewhere.jp\nsato@${other.name}`)
    )
    assert.match(fine.header('location') ?? '', /apply=/)
  })

  test('MAIL-07: the way through another customer is refused without telling his addresses', async ({
    assert,
    client,
  }) => {
    const a = await makeTenant()
    const b = await makeTenant()
    const { mailbox: secret } = await makeMailbox(b.domain, b.server, 'himitsu')
    await save(client, b.user, b.mailbox, 'forwards', to(`himitsu@${b.domain.name}`))
    await save(client, b.admin, secret, 'forwards', to(addressOf(a)))
    const response = await save(client, a.user, a.mailbox, 'forwards', to(addressOf(b)))
    assert.include(errorsOf(response), `${addressOf(b)} → （別のドメインの転送）`)
    assert.notInclude(errorsOf(response), 'himitsu')
  })

  test("MAIL-07: a domain's admin is not told addresses of a sister domain, its contractor is", async ({
    assert,
    client,
  }) => {
    const { server, domain, mailbox, admin, contractor } = await makeTenant()
    const { domain: sister } = await makeDomain(server)
    const { mailbox: first } = await makeMailbox(sister, server, 'first')
    const { mailbox: second } = await makeMailbox(sister, server, 'second')
    const target = `second@${sister.name}`
    await save(client, contractor, first, 'forwards', to(addressOf({ mailbox, domain })))
    await save(client, contractor, second, 'forwards', to(`first@${sister.name}`))
    const wayFor = async (by: Account) =>
      errorsOf(await save(client, by, mailbox, 'forwards', to(target)))
    const [told, whole] = [await wayFor(admin), await wayFor(contractor)]
    assert.include(told, `${target} → （別のドメインの転送）`)
    assert.notInclude(told, 'first@')
    assert.include(whole, `${target} → first@${sister.name} → `)
  })

  test('MAIL-07: a target in the own domain that is no user is named on the form', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { user, mailbox, domain } = tenant
    const { mailbox: gone } = await makeMailbox(domain, tenant.server, 'kieta')
    const targets = ['kieta', 'webmaster', 'admin', 'abuse'].map((name) => `${name}@${domain.name}`)
    await save(client, user, mailbox, 'forwards', to([...targets, 'x@elsewhere.jp'].join('\n')))
    const title = '存在しないユーザへ転送しています'
    const path = `/mailboxes/${mailbox.id}/forwards`
    const before = await client.get(path).loginAs(user)
    assert.deepEqual(
      [...before.text().matchAll(/<li>([a-z]+@[^<]*)<\/li>/g)].map(([, address]) => address),
      [`abuse@${domain.name}`]
    )
    await gone.remove({ by: tenant.admin, ip: null })
    const saved = await save(client, user, mailbox, 'forwards', to(`kieta@${domain.name}`))
    const warning = saved.flashMessage('warning')
    assert.include(warning, `転送先の kieta@${domain.name} は、このドメインにいないユーザです`)
    const many = ['kieta', ...['a', 'b', 'c', 'd', 'e'].map((name) => `inai-${name}`), 'admin']
    const typed = many.map((name) => `${name}@${domain.name}`).join('\n')
    const more = await save(client, user, mailbox, 'forwards', to(`${typed}\nx@elsewhere.jp`))
    assert.include(more.flashMessage('warning'), 'ほか1件')
    assert.notInclude(more.flashMessage('warning'), 'admin@')
    const page = await client.get(path).loginAs(user)
    page.assertTextIncludes(title)
    page.assertTextIncludes(`<li>kieta@${domain.name}</li>`)
    assert.notInclude(page.text(), `<li>webmaster@${domain.name}</li>`)
    await domain.merge({ outMx: true }).save()
    const quiet = await save(client, user, mailbox, 'forwards', to(`kieta@${domain.name}`))
    assert.isUndefined(quiet.flashMessage('warning'))
    const elsewhere = await client.get(path).loginAs(user)
    assert.notInclude(elsewhere.text(), title, 'with outMX nobody here knows who is a user')
  })

  test('MAIL-07: two that forward to each other at the same moment: one is refused', async ({
    assert,
    client,
  }) => {
    const a = await makeTenant()
    const { mailbox: b } = await makeMailbox(a.domain, a.server, 'bunko')
    await Promise.all([
      save(client, a.admin, a.mailbox, 'forwards', to(`bunko@${a.domain.name}`)),
      save(client, a.admin, b, 'forwards', to(addressOf(a))),
    ])
    assert.lengthOf(await MailboxForward.all(), 1)
  })

  test('MAIL-07: a chain of thirty users and a hundred targets each is looked through with few queries', async ({
    assert,
    client,
  }) => {
    const a = await makeTenant()
    const chain = []
    for (let index = 0; index < 30; index++) {
      chain.push(await makeMailbox(a.domain, a.server, `u${index}`))
    }
    for (const [index, { mailbox }] of chain.entries()) {
      const noise = Array.from({ length: 99 }, (_, n) => ({
        mailboxId: mailbox.id,
        address: `n${n}@x.jp`,
      }))
      const next = index === 29 ? addressOf(a) : `u${index + 1}@${a.domain.name}`
      await MailboxForward.createMany([...noise, { mailboxId: mailbox.id, address: next }])
    }
    const queries = await queriesOf(async () => {
      const response = await save(client, a.user, a.mailbox, 'forwards', to(`u0@${a.domain.name}`))
      assert.include(errorsOf(response), `u28@${a.domain.name} → u29@${a.domain.name}`)
    })
    assert.isBelow(queries, 90)
  })
})
