import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeDomain, makeMailbox, makeTenant, password } from '#database/factories/tenant'
import Account from '#models/account'
import type Domain from '#models/domain'
import Mailbox from '#models/mailbox'
import OperationLog from '#models/operation_log'
import Task from '#models/task'

const secret = 'Blue.Kettle-sings42'

function add(client: ApiClient, account: Account, domain: Domain, input: Record<string, unknown>) {
  return client
    .post(`/domains/${domain.id}/mailboxes`)
    .header('referer', `/domains/${domain.id}/mailboxes/create`)
    .form({ local_part: 'sato', password: secret, description: '佐藤', quota_mb: 500, ...input })
    .loginAs(account)
    .withCsrfToken()
    .redirects(0)
}

function edit(
  client: ApiClient,
  account: Account,
  mailbox: Mailbox,
  input: Record<string, unknown>
) {
  return client
    .post(`/mailboxes/${mailbox.id}?_method=PUT`)
    .header('referer', `/mailboxes/${mailbox.id}/edit`)
    .form({ description: '', quota_mb: 700, password: '', ...input })
    .loginAs(account)
    .withCsrfToken()
    .redirects(0)
}

test.group('Mailboxes', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const role of ['contractor', 'admin'] as const) {
    test(`MAIL-01: ${role} adds a user, who can sign in`, async ({ assert, client }) => {
      const tenant = await makeTenant()
      const response = await add(client, tenant[role], tenant.domain, {})
      const task = await Task.query().where('server_id', tenant.server.id).firstOrFail()
      response.assertHeader('location', `/domains/${tenant.domain.id}/mailboxes?apply=${task.id}`)
      const account = await Account.findByOrFail('login', `sato@${tenant.domain.name}`)
      assert.equal(account.role, 'mailbox')
      assert.match(account.password, /^\$argon2id\$/)
      assert.isTrue(await account.hasPassword(secret))
      const mailbox = await Mailbox.findOrFail(account.mailboxId)
      assert.equal(mailbox.quotaMb, 500)
      assert.equal(mailbox.description, '佐藤')
    })
  }

  const hostile: [string, string][] = [
    ['', '入力してください'],
    ['postmaster', '予約されています'],
    ['webmaster', '予約されています'],
    ['admin', 'ドメイン管理者のID'],
    ['sato.', '末尾に置けません'],
    ['sa..to', '末尾に置けません'],
    ['news-ctl', 'メーリングリスト'],
    ['news-owner-ctl', 'メーリングリスト'],
    ['news-request', 'メーリングリスト'],
    ['-rf', '先頭は'],
    ['.sato', '先頭は'],
    ['../etc', '使えるのは'],
    ['sato\nroot', '使えるのは'],
    ['sa to', '使えるのは'],
    ["o'brien", '使えるのは'],
    ['佐藤', '使えるのは'],
    ['ｓａｔｏ', '半角'],
    ['sato@example.jp', '@より前'],
    ['a'.repeat(65), '64文字以内'],
  ]
  for (const [localPart, words] of hostile) {
    test(`MAIL-01: the ID ${JSON.stringify(localPart)} is refused at the field`, async ({
      assert,
      client,
    }) => {
      const { admin, domain, server } = await makeTenant()
      const response = await add(client, admin, domain, { local_part: localPart })
      response.assertHeader('location', `/domains/${domain.id}/mailboxes/create`)
      assert.include(JSON.stringify(response.flashMessage('inputErrorsBag')), words)
      assert.isNull(await Task.query().where('server_id', server.id).first())
    })
  }

  test('MAIL-01: an ID in capitals is the same ID; one that is taken is refused', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    await add(client, admin, domain, { local_part: 'SATO' })
    assert.isNotNull(await Account.findBy('login', `sato@${domain.name}`))
    const again = await add(client, admin, domain, {})
    assert.include(JSON.stringify(again.flashMessage('inputErrorsBag')), 'すでに使われています')
    assert.lengthOf(await Mailbox.query().where({ domain_id: domain.id, local_part: 'sato' }), 1)
  })

  test('USR: a description is one line of text, whatever is in it', async ({ assert, client }) => {
    const { admin, domain } = await makeTenant()
    const refused = await add(client, admin, domain, { description: 'a\r\nb' })
    assert.property(refused.flashMessage('inputErrorsBag'), 'description')

    await add(client, admin, domain, { description: '<img src=x onerror=alert(1)>{{ 7*7 }}' })
    const page = await client.get(`/domains/${domain.id}/mailboxes`).loginAs(admin)
    page.assertTextIncludes('&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}')
    assert.notInclude(page.text(), '<img src=x')
  })

  test('a password like the ID is refused', async ({ assert, client }) => {
    const { admin, domain } = await makeTenant()
    const input = { local_part: 'yamamototaro', password: 'Yamamoto-taro1' }
    const response = await add(client, admin, domain, input)
    assert.include(JSON.stringify(response.flashMessage('inputErrorsBag')), '推測できる')
  })

  test('a user is edited; an empty password leaves the old one', async ({ assert, client }) => {
    const { admin, mailbox, user } = await makeTenant()
    const response = await edit(client, admin, mailbox, { description: '営業部' })
    assert.match(
      response.header('location') ?? '',
      new RegExp(`^/mailboxes/${mailbox.id}\\?apply=`)
    )
    await mailbox.refresh()
    assert.equal(mailbox.quotaMb, 700)
    assert.equal(mailbox.description, '営業部')
    await user.refresh()
    assert.isTrue(await user.hasPassword(password))

    await edit(client, admin, mailbox, { password: secret })
    await user.refresh()
    assert.isTrue(await user.hasPassword(secret))
  })

  test('MAIL-01: a small domain gives a new user no more than it has itself', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    await domain.merge({ quotaMb: 300 }).save()
    const page = await client.get(`/domains/${domain.id}/mailboxes/create`).loginAs(admin)
    assert.match(page.text(), /name="quota_mb"[^>]*value="300"/)
    page.assertTextIncludes('300 MB（このドメイン全体の容量）まで')

    const response = await add(client, admin, domain, { quota_mb: '' })
    assert.match(response.header('location') ?? '', /apply=/)
    const mailbox = await Mailbox.findByOrFail({ domain_id: domain.id, local_part: 'sato' })
    assert.equal(mailbox.quotaMb, 300)
  })

  test('PNL-05: a user is promised no more than his whole domain has, when he is added and later', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    await domain.merge({ quotaMb: 2000 }).save()
    for (const save of [
      () => add(client, admin, domain, { quota_mb: 2001 }),
      () => edit(client, admin, mailbox, { quota_mb: 2001 }),
    ]) {
      const response = await save()
      assert.include(JSON.stringify(response.flashMessage('inputErrorsBag')), '2,000')
    }
    assert.isNull(await Mailbox.findBy({ domain_id: domain.id, local_part: 'sato' }))
    await edit(client, admin, mailbox, { quota_mb: 2000 })
    await mailbox.refresh()
    assert.equal(mailbox.quotaMb, 2000)
  })

  test('MAIL-01: the list is searched in IDs and descriptions, sorted, and has pages', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server } = await makeTenant()
    const listed = async (query: Record<string, string>) => {
      const qs = new URLSearchParams(query)
      const page = await client.get(`/domains/${domain.id}/mailboxes?${qs}`).loginAs(admin)
      return [...page.text().matchAll(/aria-label="(\S+) を選ぶ"/g)].map(([, id]) => id)
    }
    const three: [string, string, number][] = [
      ['suzuki', '100% team', 300],
      ['tanaka', '営業 team', 100],
      ['sato', 'team', 200],
    ]
    for (const [localPart, description, quotaMb] of three) {
      const { mailbox } = await makeMailbox(domain, server, localPart)
      await mailbox.merge({ description, quotaMb }).save()
    }
    assert.deepEqual(await listed({ q: 'SUZ' }), ['suzuki'])
    assert.deepEqual(await listed({ q: '営業' }), ['tanaka'])
    assert.deepEqual(await listed({ q: '0%' }), ['suzuki'])
    assert.deepEqual(await listed({ q: 's_' }), [])
    const orders = {
      name: ['sato', 'suzuki', 'tanaka'],
      quota: ['tanaka', 'sato', 'suzuki'],
      created: ['suzuki', 'tanaka', 'sato'],
    }
    assert.deepEqual(await listed({ q: 'team' }), orders.name)
    for (const [sort, ids] of Object.entries(orders)) {
      assert.deepEqual(await listed({ q: 'team', sort }), ids)
      assert.deepEqual(await listed({ q: 'team', sort: `-${sort}` }), ids.toReversed())
    }
    for (let index = 10; index < 31; index++) await makeMailbox(domain, server, `many${index}`)
    assert.lengthOf(await listed({ q: 'many' }), 20)
    assert.deepEqual(await listed({ q: 'many', page: '2' }), ['many30'])
  })

  test('a form that was open for long takes back nothing that others have changed', async ({
    assert,
    client,
  }) => {
    const { admin, mailbox } = await makeTenant()
    const form = await client.get(`/mailboxes/${mailbox.id}/edit`).loginAs(admin)
    const shown = (name: string) =>
      new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(form.text())![1]
    const loaded = {
      loaded_description: shown('loaded_description'),
      loaded_quota_mb: shown('loaded_quota_mb'),
    }

    await edit(client, admin, mailbox, { quota_mb: 2000, description: '総務部' })
    await edit(client, admin, mailbox, {
      ...loaded,
      quota_mb: loaded.loaded_quota_mb,
      description: '営業部',
    })
    await mailbox.refresh()
    assert.equal(mailbox.quotaMb, 2000)
    assert.equal(mailbox.description, '営業部')
  })

  test('two people edit the same user: the later one wins, nothing breaks', async ({
    assert,
    client,
  }) => {
    const { admin, contractor, mailbox } = await makeTenant()
    await Promise.all([
      edit(client, admin, mailbox, { quota_mb: 800 }),
      edit(client, contractor, mailbox, { quota_mb: 900 }),
    ])
    await mailbox.refresh()
    assert.include([800, 900], mailbox.quotaMb)
  })

  test('MAIL-01: a user is deleted once; the admin stays', async ({ assert, client }) => {
    const { admin, mailbox, user } = await makeTenant()
    const remove = (id: number) =>
      client.post(`/mailboxes/${id}/deletion`).form({}).loginAs(admin).withCsrfToken().redirects(0)
    const done = await remove(mailbox.id)
    done.assertStatus(302)
    assert.isNull(await Account.find(user.id))
    const again = await remove(mailbox.id)
    again.assertStatus(404)

    const refused = await remove(admin.mailboxId!)
    refused.assertStatus(403)
    assert.isNotNull(await Mailbox.find(admin.mailboxId!))
  })

  test('REL-04: a domain admin reaches no other domain of his own contract', async ({ client }) => {
    const { admin, server } = await makeTenant()
    const { domain } = await makeDomain(server)
    const { mailbox } = await makeMailbox(domain, server)
    for (const path of [
      `/domains/${domain.id}`,
      `/domains/${domain.id}/mailboxes`,
      `/mailboxes/${mailbox.id}`,
      `/mailboxes/${mailbox.id}/edit`,
    ]) {
      const response = await client.get(path).loginAs(admin)
      response.assertStatus(404)
    }
  })

  test('MAIL-02: whose password a mail client needs is said to each', async ({
    assert,
    client,
  }) => {
    const { mailbox, user, admin, contractor } = await makeTenant()
    const own = 'この画面へのログインと同じパスワード'
    const other = 'このユーザのパスワード'
    const pages: [Account, number, string, string][] = [
      [user, mailbox.id, own, other],
      [admin, admin.mailboxId!, own, other],
      [admin, mailbox.id, other, own],
      [contractor, mailbox.id, other, own],
    ]
    for (const [who, id, words, wrong] of pages) {
      const page = await client.get(`/mailboxes/${id}/client_setup`).loginAs(who)
      page.assertTextIncludes(words)
      assert.notInclude(page.text(), wrong)
    }
  })

  test('PNL-01: the menu tells where one is, on pages of single settings, too', async ({
    assert,
    client,
  }) => {
    const { domain, mailbox, user, admin, contractor } = await makeTenant()
    const own = `/mailboxes/${admin.mailboxId}`
    const places: [Account, string, string][] = [
      [user, `/mailboxes/${mailbox.id}/forwards`, 'メールの設定'],
      [user, `/mailboxes/${mailbox.id}/client_setup`, 'メールソフトの設定'],
      [admin, `/domains/${domain.id}`, 'ドメイン'],
      [admin, `/domains/${domain.id}/mail/out_mx`, 'メール'],
      [admin, `/mailboxes/${mailbox.id}/forwards`, 'ユーザ一覧'],
      [admin, `${own}/vacation`, '自分のメール'],
      [admin, own, '自分のメール'],
      [contractor, `/domains/${domain.id}/mail`, 'ドメイン一覧'],
      [contractor, `/mailboxes/${mailbox.id}`, 'ドメイン一覧'],
      [contractor, `/mailboxes/${mailbox.id}/forwards`, 'ドメイン一覧'],
    ]
    for (const [who, path, entry] of places) {
      const page = await client.get(path).loginAs(who)
      const links = page
        .text()
        .matchAll(/navigation__link"[^>]*aria-current="(?:page|true)"[^>]*>([^<]*)</g)
      const current = [...links].map(([, text]) => text.trim())
      assert.deepEqual([...new Set(current)], [entry], path)
    }
  })

  test('PNL-02: what is in a column has one name, in its heading and on the card of a phone', async ({
    assert,
    client,
  }) => {
    const { domain, admin } = await makeTenant()
    const page = await client.get(`/domains/${domain.id}/mailboxes`).loginAs(admin)
    const [head, body] = page.text().split('<tbody>')
    const headings = [...head.matchAll(/<th[^>]*>\s*(?:<a[^>]*>)?\s*([^<\s]+)\s*</g)]
    const names = new Set(headings.map(([, name]) => name))
    const labels = [...body.matchAll(/data-label="([^"]+)"/g)].map(([, label]) => label)
    assert.includeMembers(labels, ['ディスク容量', '追加日時'])
    for (const label of labels) assert.isTrue(names.has(label), label)
  })

  test('MAIL-02: a user finds what his mail client needs', async ({ client }) => {
    const { user, mailbox, domain, server } = await makeTenant()
    const page = await client.get(`/mailboxes/${mailbox.id}`).loginAs(user)
    for (const text of [
      `${mailbox.localPart}@${domain.name}`,
      server.hostname,
      ...['993', '143', '995', '110', '465', '587'],
    ]) {
      page.assertTextIncludes(text)
    }
  })

  test('PNL-08: a refused change leaves a line that says so', async ({ assert, client }) => {
    const { admin, domain } = await makeTenant()
    await add(client, admin, domain, {})
    await add(client, admin, domain, {})
    const logs = await OperationLog.query().where('action', 'mailbox.store').orderBy('id')
    assert.deepEqual(
      logs.map(({ succeeded }) => succeeded),
      [true, false]
    )
    assert.notInclude(JSON.stringify(logs), secret)
  })
})
