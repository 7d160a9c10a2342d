import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeDeletion, makeTenant, type Tenant } from '#database/factories/tenant'
import Domain from '#models/domain'
import { Refusal } from '#exceptions/refusals'
import Task from '#models/task'

const secret = 'Blue.Kettle-sings42'

function add(
  client: ApiClient,
  { contractor, server }: Tenant,
  input: Record<string, unknown> = {}
) {
  return client
    .post(`/servers/${server.id}/ready_domains`)
    .header('referer', `/servers/${server.id}/ready_domains/create`)
    .form({ label: 'hatsukari', suffix: 'l-biz.jp', password: secret, quota_mb: 2048, ...input })
    .loginAs(contractor)
    .withCsrfToken()
    .redirects(0)
}

function look(client: ApiClient, { contractor, server }: Tenant, query: Record<string, string>) {
  return client.get(`/servers/${server.id}/ready_name`).qs(query).loginAs(contractor)
}

const errorsOf = (response: { flashMessage(name: string): unknown }) =>
  JSON.stringify(response.flashMessage('inputErrorsBag') ?? {})

test.group('Ready domains', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('DOM-02: a label below a name of the list is had with its test domain and its admin', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const response = await add(client, tenant, { label: ' Hatsukari ' })
    const domain = await Domain.findByOrFail('name', 'hatsukari.l-biz.jp')
    const task = await Task.query().where('server_id', tenant.server.id).firstOrFail()
    response.assertHeader('location', `/domains/${domain.id}?apply=${task.id}`)
    assert.equal(domain.kind, 'ready')
    assert.match(domain.testName, /\.mngsv\.biz$/)
    const admin = await domain.related('admin').query().firstOrFail()
    assert.equal(admin.login, 'admin@hatsukari.l-biz.jp')

    const page = await client.get(`/domains/${domain.id}`).loginAs(tenant.contractor)
    page.assertTextIncludes('レディドメイン')
    page.assertTextIncludes('お客さまの設定は必要ありません')
    assert.notInclude(page.text(), 'www.hatsukari.l-biz.jp')
  })

  const wrong: [Record<string, string>, string, string][] = [
    [{ label: '' }, 'label', '使いたい名前を入力'],
    [{ label: 'www' }, 'label', '予約されている'],
    [{ label: 'mx1' }, 'label', '予約されている'],
    [{ label: 'ab' }, 'label', '3文字以上'],
    [{ label: 'a'.repeat(41) }, 'label', '40文字以内'],
    [{ label: 'お店' }, 'label', '半角の英字'],
    [{ label: 'shоp' }, 'label', '半角の英字'],
    [{ label: 'xn--t8jc' }, 'label', '2つ続けたり'],
    [{ label: 'shop.l-biz.jp' }, 'label', '「.」より前'],
    [{ label: 'my_shop' }, 'label', '使えない文字'],
    [{ suffix: 'example.jp' }, 'suffix', '一覧から選んで'],
    [{ suffix: 'mngsv.biz' }, 'suffix', '一覧から選んで'],
    [{ suffix: 'L-BIZ.JP' }, 'suffix', '一覧から選んで'],
    [{ password: 'short' }, 'password', '10文字以上'],
  ]
  for (const [input, field, words] of wrong) {
    test(`DOM-02: ${JSON.stringify(input)} is refused at its field`, async ({ assert, client }) => {
      const tenant = await makeTenant()
      const response = await add(client, tenant, input)
      const errors = response.flashMessage('inputErrorsBag')
      assert.deepEqual(Object.keys(errors), [field])
      assert.include(JSON.stringify(errors), words)
      assert.isNull(await Task.query().where('server_id', tenant.server.id).first())
      assert.notInclude(JSON.stringify(response.flashMessages()), secret)
    })
  }

  test('DOM-02: a name is one customer’s, and on one server, also while it waits for its end', async ({
    assert,
    client,
  }) => {
    const [first, second] = [await makeTenant(), await makeTenant()]
    await add(client, first)
    assert.include(errorsOf(await add(client, second)), 'ほかのお客さま')
    assert.include(errorsOf(await add(client, first)), 'すでにお客さま')
    await add(client, second, { suffix: 'curren.biz' })
    assert.isNotNull(await Domain.findBy('name', 'hatsukari.curren.biz'))

    await makeDeletion(await Domain.findByOrFail('name', 'hatsukari.l-biz.jp'))
    assert.include(errorsOf(await add(client, second)), 'ほかのお客さま')
    assert.include(errorsOf(await add(client, first)), '元に戻せる状態')
  })

  test('DOM-02: whether a name is free is said while it is typed, as a piece and as a page', async ({
    assert,
    client,
  }) => {
    const [mine, other] = [await makeTenant(), await makeTenant()]
    await add(client, other)
    const answers: [Record<string, string>, string][] = [
      [{ label: 'hatsukari', suffix: 'l-biz.jp' }, 'すでに使われています'],
      [{ label: 'HATSUKARI', suffix: 'l-biz.jp' }, 'すでに使われています'],
      [{ label: 'hatsukari', suffix: 'biz-server.jp' }, '利用できます'],
      [{ label: 'www', suffix: 'l-biz.jp' }, '予約されている'],
      [{ label: '<b>', suffix: 'l-biz.jp' }, '使えない文字'],
      [{ label: 'x', suffix: 'l-biz.jp' }, '3文字以上'],
      [{ suffix: 'l-biz.jp' }, '入力してください'],
      [{ label: 'hatsukari', suffix: 'example.jp' }, '一覧から'],
    ]
    for (const [query, words] of answers) {
      const piece = await look(client, mine, query).header('x-requested-with', 'XMLHttpRequest')
      piece.assertTextIncludes(words)
      assert.notInclude(piece.text(), '<html')
      const page = await look(client, mine, query)
      page.assertTextIncludes(words)
      page.assertTextIncludes('<h1>')
    }
    await makeDeletion(await Domain.findByOrFail('name', 'hatsukari.l-biz.jp'))
    const waiting = await look(client, mine, { label: 'hatsukari', suffix: 'l-biz.jp' })
    waiting.assertTextIncludes('すでに使われています')
  })

  test('security.md: nobody goes through all names', async ({ assert, client }) => {
    const tenant = await makeTenant()
    let last = 200
    for (let tries = 0; tries < 125 && last === 200; tries++) {
      const answer = await look(client, tenant, { label: `name${tries}`, suffix: 'l-biz.jp' })
      last = answer.status()
    }
    assert.equal(last, 429)
  })

  test('DOM-02: other options ask whether they may be had', async ({ assert, client }) => {
    const tenant = await makeTenant()
    await add(client, tenant)
    const ready = await Domain.findByOrFail('name', 'hatsukari.l-biz.jp')
    assert.isTrue(ready.isReady)
    assert.throws(() => ready.refuseReady(), Refusal)
    assert.isFalse(tenant.domain.isReady)
    assert.doesNotThrow(() => tenant.domain.refuseReady())
  })

  test('DOM-01: a subdomain is told from a name of one’s own', async ({ assert }) => {
    const named = (name: string) => new Domain().merge({ name, kind: 'own' })
    assert.isFalse(named('example.co.jp').isSubdomain)
    assert.isTrue(named('shop.example.co.jp').isSubdomain)
    assert.isFalse(new Domain().merge({ name: 'shop.l-biz.jp', kind: 'ready' }).isSubdomain)
  })
})
