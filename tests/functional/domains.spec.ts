import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeContract, makeDomain, makeServer, makeTenant } from '#database/factories/tenant'
import type Account from '#models/account'
import Domain from '#models/domain'
import OperationLog from '#models/operation_log'
import type Server from '#models/server'
import Task from '#models/task'

const secret = 'Blue.Kettle-sings42'

function add(client: ApiClient, account: Account, server: Server, input: Record<string, unknown>) {
  return client
    .post(`/servers/${server.id}/domains`)
    .header('referer', `/servers/${server.id}/domains/create`)
    .form({ name: 'shop.hatsukari.jp', password: secret, quota_mb: 2048, ...input })
    .loginAs(account)
    .withCsrfToken()
    .redirects(0)
}

test.group('Domains', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('DOM-01: a contractor adds a domain and watches its apply', async ({ assert, client }) => {
    const { contractor, server } = await makeTenant()
    const response = await add(client, contractor, server, {})
    const domain = await Domain.findByOrFail('name', 'shop.hatsukari.jp')
    const task = await Task.query().where('server_id', server.id).firstOrFail()
    response.assertHeader('location', `/domains/${domain.id}?apply=${task.id}`)
    assert.equal(domain.quotaMb, 2048)
    assert.match(domain.testName, /\.mngsv\.biz$/)
    assert.isNotNull(await OperationLog.query().where('action', 'domain.store').first())

    const page = await client.get(`/domains/${domain.id}?apply=${task.id}`).loginAs(contractor)
    page.assertTextIncludes(`data-apply="/applies/${task.id}/events"`)
    page.assertTextIncludes('受け付けました')
  })

  test('DOM-01: the admin of a small domain gets no more than the domain', async ({
    assert,
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    await add(client, contractor, server, { quota_mb: 200 })
    const domain = await Domain.findByOrFail('name', 'shop.hatsukari.jp')
    const mailbox = await domain.related('mailboxes').query().firstOrFail()
    assert.equal(mailbox.quotaMb, 200)
  })

  test('DIR-01: the page of a domain says what each directory is for', async ({ client }) => {
    const { admin, domain } = await makeTenant()
    const page = await client.get(`/domains/${domain.id}`).loginAs(admin)
    const names =
      'backup cgi-bin cgi-bin.stage cgi-data conf home html html.stage log share tmp var'
    for (const name of names.split(' ')) page.assertTextIncludes(`<code>${name}</code></th>`)
  })

  test('DOM-01: a Japanese name is kept as it is written and as daemons see it', async ({
    assert,
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    await add(client, contractor, server, { name: ' 日本語.JP ' })
    const domain = await Domain.findByOrFail('name', 'xn--wgv71a119e.jp')
    assert.equal(domain.unicodeName, '日本語.jp')
    const page = await client.get(`/domains/${domain.id}`).loginAs(contractor)
    page.assertTextIncludes('<h1>日本語.jp</h1>')
  })

  const hostile: [string, string][] = [
    ['', '入力してください'],
    ['exam\u0000ple.jp', '目に見えない文字'],
    ['example.jp\nServerAlias evil.jp', '目に見えない文字'],
    ['exa\u202emple.jp', '目に見えない文字'],
    [`o'brien".jp`, '使えない文字'],
    ['-rf.jp', '「-」は'],
    ['$(id).jp', '使えない文字'],
    ['a;b.jp', '使えない文字'],
    ['ｅｘａｍｐｌｅ．ｊｐ', '全角'],
    ['日本語。jp', '全角'],
    ['https://hatsukari.jp/', 'URLではなく'],
    ['admin@hatsukari.jp', 'メールアドレスではなく'],
    ['192.0.2.1', 'IPアドレス'],
    ['localhost', '使えないこと'],
    ['hatsukari', '「.」を含む'],
    ['hatsukari..jp', '2つ続いて'],
    [`${'a'.repeat(64)}.jp`, '63文字以内'],
    [`${'a.'.repeat(130)}jp`, '長すぎます'],
    ['xn--zzzzzz99999.jp', '正しくない部分'],
    ['co.jp', '共有する末尾'],
    ['co.jp', '例：example.co.jp'],
    ['github.io', '例：example.github.io'],
    ['jp', '「.」を含む'],
    ['hatsukari.smc-msv.jp', '当社が提供'],
    ['hatsukari.mngsv.biz', '当社が提供'],
    ['hatsukari.nosuchtld', '存在しません'],
    ['www.hatsukari.jp', '「www.」を付けずに'],
    ['my_shop.jp', '使えない文字'],
  ]
  for (const [name, words] of hostile) {
    test(`DOM-01: ${JSON.stringify(name)} is refused at the field, and kept there`, async ({
      assert,
      client,
    }) => {
      const { contractor, server } = await makeTenant()
      const response = await add(client, contractor, server, { name })
      response.assertHeader('location', `/servers/${server.id}/domains/create`)
      assert.include(JSON.stringify(response.flashMessage('inputErrorsBag')), words)
      assert.equal(response.flashMessage('name') ?? '', name)
      assert.isNull(await Task.query().where('server_id', server.id).first())
      assert.notInclude(JSON.stringify(response.flashMessages()), secret)
    })
  }

  test('DOM-01: the form shows what is wrong on top, at the field, and what was typed', async ({
    assert,
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    const refusal = await add(client, contractor, server, { name: '"><b>co.jp' })
    const page = await client
      .get(`/servers/${server.id}/domains/create`)
      .withFlashMessages(refusal.flashMessages())
      .loginAs(contractor)
    page.assertTextIncludes('入力内容を確認してください')
    page.assertTextIncludes('<a href="#name">')
    page.assertTextIncludes('aria-invalid="true"')
    page.assertTextIncludes('value="&quot;&gt;&lt;b&gt;co.jp"')
    assert.notInclude(page.text(), '<b>co.jp')
  })

  test('DOM-01: a name that somebody has is refused, also above and below it', async ({
    assert,
    client,
  }) => {
    const other = await makeTenant()
    await makeDomain(other.server, 'shop.hatsukari.jp')
    const { contractor, server } = await makeTenant()
    const answers: [string, string][] = [
      ['shop.hatsukari.jp', 'すでに登録しています'],
      ['hatsukari.jp', '上位または下位'],
      ['mail.shop.hatsukari.jp', '上位または下位'],
    ]
    for (const [name, words] of answers) {
      const response = await add(client, contractor, server, { name })
      assert.include(JSON.stringify(response.flashMessage('inputErrorsBag')), words)
    }
    const allowed = await add(client, contractor, server, { name: 'blog.hatsukari.jp' })
    assert.match(allowed.header('location') ?? '', /^\/domains\//)
  })

  test('DOM-01: sent twice, it is added once', async ({ assert, client }) => {
    const { contractor, server } = await makeTenant()
    const answers = [
      await add(client, contractor, server, {}),
      await add(client, contractor, server, {}),
    ]
    assert.match(answers[0].header('location') ?? '', /^\/domains\//)
    assert.include(JSON.stringify(answers[1].flashMessage('inputErrorsBag')), 'すでにお客さま')
    assert.lengthOf(await Domain.query().where('name', 'shop.hatsukari.jp'), 1)
    assert.lengthOf(await Task.query().where('server_id', server.id), 1)
  })

  test('security.md: fields that are not in the form change nothing', async ({
    assert,
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    const forged = { kind: 'ready', uid: 0, serverId: 1, server_id: 1, role: 'staff', slot: 1 }
    await add(client, contractor, server, forged)
    const domain = await Domain.findByOrFail('name', 'shop.hatsukari.jp')
    assert.equal(domain.kind, 'own')
    assert.equal(domain.serverId, server.id)
    assert.isAbove(domain.uid, 20000)
  })

  test('PNL-05: sizes that make no sense are refused', async ({ assert, client }) => {
    const { contractor, server } = await makeTenant()
    for (const quota of [
      '-1',
      '0',
      '1.5',
      'abc',
      '99999999999',
      '1e9',
      '1e3',
      '0x800',
      '+500',
      '５００',
    ]) {
      const response = await add(client, contractor, server, { quota_mb: quota })
      assert.property(response.flashMessage('inputErrorsBag'), 'quota_mb', quota)
    }
  })

  test('a JSON client gets the same messages as 422', async ({ client }) => {
    const { contractor, server } = await makeTenant()
    const response = await add(client, contractor, server, { name: 'co.jp' }).accept('json')
    response.assertStatus(422)
    response.assertTextIncludes('共有する末尾')
  })

  test('DOM-05: it is removed for good only when its name is typed, in either form', async ({
    assert,
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    const { domain } = await makeDomain(server, 'xn--wgv71a119e.jp', '日本語.jp')
    const remove = (name: string) =>
      client
        .post(`/domains/${domain.id}/removal`)
        .header('referer', `/domains/${domain.id}/removal`)
        .form({ name })
        .loginAs(contractor)
        .withCsrfToken()
        .redirects(0)

    const refused = await remove('日本.jp')
    assert.include(JSON.stringify(refused.flashMessage('inputErrorsBag')), '一致していません')
    await domain.refresh()
    assert.isNull(domain.deletedAt)
    const line = await OperationLog.query().where('action', 'domain_removal.store').firstOrFail()
    assert.deepEqual([Boolean(line.succeeded), line.domainId], [false, domain.id])

    const done = await remove('日本語.jp')
    assert.match(done.header('location') ?? '', new RegExp(`^/servers/${server.id}\\?apply=`))
    await domain.refresh()
    assert.isNotNull(domain.deletedAt)

    const again = await remove('日本語.jp')
    again.assertStatus(404)
  })

  test('a domain is suspended and resumed', async ({ assert, client }) => {
    const { contractor, domain } = await makeTenant()
    const send = (query: string) =>
      client
        .post(`/domains/${domain.id}/suspension${query}`)
        .form({})
        .loginAs(contractor)
        .withCsrfToken()
        .redirects(0)
    await send('')
    await domain.refresh()
    assert.isTrue(domain.isSuspended)
    const page = await client.get(`/domains/${domain.id}`).loginAs(contractor)
    page.assertTextIncludes('このドメインは停止しています')

    await send('?_method=DELETE')
    await domain.refresh()
    assert.isFalse(domain.isSuspended)
  })

  test('REL-01: what could not be applied is told in words, as text', async ({
    assert,
    client,
  }) => {
    const { contractor, domain } = await makeTenant()
    await domain.merge({ applyError: '設定に<script>誤り</script>があります。' }).save()
    const page = await client.get(`/domains/${domain.id}`).loginAs(contractor)
    page.assertTextIncludes('設定に&lt;script&gt;誤り')
    assert.notInclude(page.text(), '<script>誤り')
  })

  test('lists are searched, sorted and cut by the database', async ({ assert, client }) => {
    const { contract, contractor } = await makeContract()
    const server = await makeServer(contract)
    for (let index = 10; index < 35; index++) await makeDomain(server, `shop${index}.jp`)
    await makeDomain(server, 'a_b.example.jp'.replace('_', '-'))

    const first = await client.get('/domains').loginAs(contractor)
    first.assertTextIncludes('26件中 1〜20件を表示')
    first.assertTextIncludes('shop10.jp')
    assert.notInclude(first.text(), 'shop34.jp')

    const second = await client.get('/domains?page=2').loginAs(contractor)
    second.assertTextIncludes('shop34.jp')
    const found = await client.get('/domains?q=shop34').loginAs(contractor)
    found.assertTextIncludes('1件中 1〜1件を表示')
    const backwards = await client.get('/domains?sort=-name').loginAs(contractor)
    assert.notInclude(backwards.text(), 'shop10.jp')
    for (const nonsense of [
      '?page=0',
      '?page=-1',
      '?page=x',
      '?sort=password',
      '?q[]=1',
      '?page=9999',
    ]) {
      const answer = await client.get(`/domains${nonsense}`).loginAs(contractor)
      answer.assertStatus(200)
    }
    const signs = await client.get('/domains?q=%25').loginAs(contractor)
    signs.assertTextIncludes('見つかりませんでした')
  })

  test('MAIL-11: records for mail are told in one place only', async ({ assert, client }) => {
    const { admin, domain } = await makeTenant()
    const page = await client.get(`/domains/${domain.id}`).loginAs(admin)
    assert.notMatch(page.text(), /v=spf1|<td>MX/)
    page.assertTextIncludes(`/domains/${domain.id}/mail`)
  })
})
