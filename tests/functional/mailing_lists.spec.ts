import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeDomain, makeTenant, type Tenant } from '#database/factories/tenant'
import type Account from '#models/account'
import MailingList from '#models/mailing_list'
import MailingListMember from '#models/mailing_list_member'
import MailingListModerator from '#models/mailing_list_moderator'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { Unreachable } from '#convergence/transports/transport'
import { answerWith } from '#monitoring/questions'
import { queriesOf } from '#tests/support/counted_queries'

const form = {
  local_part: 'news',
  description: 'お知らせ',
  posting: 'members',
  moderation: 'none',
  moderators: '',
  subject_prefix: '[news]',
  reply_to: 'list',
  auto_subscription: 'off',
  archive: 'on',
  members: '',
}

function send(client: ApiClient, by: Account, path: string, input: Record<string, unknown>) {
  return client
    .post(path)
    .header('referer', '/domains/1/mailing_lists')
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

const add = (client: ApiClient, by: Account, { domain }: Tenant, input = {}) =>
  send(client, by, `/domains/${domain.id}/mailing_lists`, { ...form, ...input })

async function withList(members: readonly string[] = []) {
  const tenant = await makeTenant()
  const actor = { by: tenant.admin, ip: null }
  const list = await MailingList.add(tenant.domain, { localPart: 'news' }, members, actor)
  return { tenant, list, admin: tenant.admin }
}

const errorsOf = (response: { flashMessage(key: string): any }) =>
  response.flashMessage('inputErrorsBag') ?? {}

test.group('Mailing lists', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const role of ['contractor', 'admin'] as const) {
    test(`MAIL-06: ${role} makes a list with members and sees it land`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const members = 'Sato@Example.jp\n鈴木 <suzuki@日本語.jp>、tanaka@example.jp\n'
      const response = await add(client, tenant[role], tenant, { members, moderators: 'a@x.jp' })
      const list = await MailingList.findByOrFail('domainId', tenant.domain.id)
      const task = await Task.query().where('server_id', tenant.server.id).firstOrFail()
      response.assertHeader('location', `/mailing_lists/${list.id}?apply=${task.id}`)
      assert.equal(list.subjectPrefix, '[news]')
      assert.deepEqual(await MailingListMember.addressesOf(list.id), [
        'sato@example.jp',
        'suzuki@xn--wgv71a119e.jp',
        'tanaka@example.jp',
      ])
      const page = await client.get(`/mailing_lists/${list.id}`).loginAs(tenant[role])
      page.assertTextIncludes(`news@${tenant.domain.unicodeName}`)
      page.assertTextIncludes('3 件')
      page.assertTextIncludes(`news-ctl+unsubscribe@${tenant.domain.unicodeName}`)
    })
  }

  const mistakes: [Record<string, string>, string, string][] = [
    [{ local_part: '' }, 'local_part', '入力してください'],
    [{ local_part: 'news-ctl' }, 'local_part', '管理に使う'],
    [{ local_part: 'news+x' }, 'local_part', '「+」は使えません'],
    [{ local_part: 'postmaster' }, 'local_part', '予約されています'],
    [{ local_part: 'admin' }, 'local_part', 'ドメイン管理者'],
    [{ local_part: 'あ' }, 'local_part', '使えるのは'],
    [{ local_part: 'a'.repeat(41) }, 'local_part', '40文字以内'],
    [{ posting: 'nobody' }, 'posting', '一覧から選んで'],
    [{ moderation: '' }, 'moderation', '入力してください'],
    [{ members: 'sato@example.jp\nnobody' }, 'members', '2行目「nobody」'],
    [{ moderators: 'x' }, 'moderators', '1行目「x」'],
    [{ subject_prefix: 'x'.repeat(31) }, 'subject_prefix', '30文字以内'],
    [{ subject_prefix: 'a\nBcc: x' }, 'subject_prefix', '制御文字'],
    [{ description: 'x'.repeat(101) }, 'description', '100文字以内'],
  ]
  for (const [input, field, words] of mistakes) {
    test(`MAIL-06: ${JSON.stringify(input).slice(0, 50)} is refused at the field`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const response = await add(client, tenant.admin, tenant, input)
      assert.include(JSON.stringify(errorsOf(response)[field] ?? ''), words)
      assert.isNull(await MailingList.findBy('domainId', tenant.domain.id))
      assert.isEmpty(await Task.query().where('server_id', tenant.server.id))
    })
  }

  test('MAIL-06: more members or moderators than a form takes are refused whole', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const lines = (count: number) =>
      Array.from({ length: count }, (_, index) => `m${index}@x.jp`).join('\n')
    const many = await add(client, tenant.admin, tenant, { members: lines(2001) })
    assert.include(JSON.stringify(errorsOf(many).members), '2,000件まで')
    const moderators = await add(client, tenant.admin, tenant, { moderators: lines(21) })
    assert.include(JSON.stringify(errorsOf(moderators).moderators), '20件まで')
    await add(client, tenant.admin, tenant, { members: lines(2000) })
    const list = await MailingList.findByOrFail('domainId', tenant.domain.id)
    assert.lengthOf(await MailingListMember.addressesOf(list.id), 2000)
  })

  test('MAIL-06: a list of the domain is no member, said at the field', async ({
    assert,
    client,
  }) => {
    const { tenant, admin, list } = await withList()
    const own = `news@${tenant.domain.name}`
    const response = await add(client, admin, tenant, { local_part: 'other', members: own })
    assert.include(JSON.stringify(errorsOf(response).members), own)
    const more = await send(client, admin, `/mailing_lists/${list.id}/members`, { members: own })
    assert.include(JSON.stringify(errorsOf(more).members), own)
    assert.isEmpty(await MailingListMember.addressesOf(list.id))
  })

  test('MAIL-06: settings are changed, and a form sent as it was changes nothing', async ({
    assert,
    client,
  }) => {
    const { tenant, admin, list } = await withList()
    const { local_part: name, members, ...settings } = form
    const change = { ...settings, posting: 'moderators', moderation: 'all', moderators: 'a@x.jp' }
    await send(client, admin, `/mailing_lists/${list.id}?_method=PUT`, change)
    await list.refresh()
    assert.equal(list.posting, 'moderators')
    assert.equal(list.moderation, 'all')
    assert.deepEqual(await MailingListModerator.addressesOf(list.id), ['a@x.jp'])
    const count = async () => {
      const tasks = await Task.query().where('server_id', tenant.server.id)
      return tasks.length
    }
    const before = await count()
    await send(client, admin, `/mailing_lists/${list.id}?_method=PUT`, change)
    assert.equal(await count(), before)
    const [line] = await OperationLog.query().where('action', 'mailing_list.update')
    assert.equal(line.target, `news@${tenant.domain.unicodeName}`)
  })

  test('MAIL-06: members are added, searched, shown by the page and removed by ticks', async ({
    assert,
    client,
  }) => {
    const many = Array.from(
      { length: 120 },
      (_, index) => `m${String(index).padStart(3, '0')}@x.jp`
    )
    const { admin, list } = await withList(many)
    const path = `/mailing_lists/${list.id}/members`
    const first = await client.get(path).loginAs(admin)
    first.assertTextIncludes('m000@x.jp')
    first.assertTextIncludes('120件中 1〜50件')
    assert.notInclude(first.text(), 'm050@x.jp')
    const last = await client.get(path).qs({ page: 3 }).loginAs(admin)
    last.assertTextIncludes('m119@x.jp')
    const found = await client.get(path).qs({ q: 'M07' }).loginAs(admin)
    found.assertTextIncludes('10件中')
    const none = await client.get(path).qs({ q: 'm%' }).loginAs(admin)
    none.assertTextIncludes('見つかりませんでした')

    const added = await send(client, admin, path, { members: 'm000@x.jp\nnew@x.jp' })
    assert.include(JSON.stringify(added.flashMessages()), '1件のアドレスをメンバーに追加しました')
    const rows = await MailingListMember.query().whereIn('address', ['m000@x.jp', 'm001@x.jp'])
    const ids = rows.map(({ id }) => id)
    const query = ids.map((id) => `rows[]=${id}`).join('&')
    const asked = await client
      .get(`/mailing_lists/${list.id}/member_removals/create?${query}`)
      .loginAs(admin)
    asked.assertTextIncludes('2件のアドレスを、メンバーから外します')
    asked.assertTextIncludes('m001@x.jp')
    await send(client, admin, `/mailing_lists/${list.id}/member_removals`, {
      'rows[]': ids.map(String),
    })
    assert.lengthOf(await MailingListMember.addressesOf(list.id), 119)
    const nothing = await client
      .get(`/mailing_lists/${list.id}/member_removals/create`)
      .loginAs(admin)
      .redirects(0)
    nothing.assertHeader('location', path)
  })

  test('REL-04: rows of another list are never removed by ticks', async ({ assert, client }) => {
    const { admin, list } = await withList(['a@x.jp'])
    const other = await withList(['b@x.jp'])
    const foreign = await MailingListMember.findByOrFail('mailingListId', other.list.id)
    await send(client, admin, `/mailing_lists/${list.id}/member_removals`, {
      'rows[]': [String(foreign.id)],
    })
    assert.deepEqual(await MailingListMember.addressesOf(other.list.id), ['b@x.jp'])
  })

  test('MAIL-06: a list of members takes as many queries with 1,000 as with 200', async ({
    assert,
    client,
  }) => {
    const counts = []
    for (const size of [200, 1000]) {
      const members = Array.from({ length: size }, (_, index) => `m${index}@x.jp`)
      const { admin, list } = await withList(members)
      const count = await queriesOf(() =>
        client.get(`/mailing_lists/${list.id}/members`).loginAs(admin)
      )
      counts.push(count)
    }
    assert.equal(counts[0], counts[1])
  })

  test('MAIL-06: deletion asks first, and takes all with it', async ({ assert, client }) => {
    const { tenant, admin, list } = await withList(['a@x.jp'])
    const asked = await client.get(`/mailing_lists/${list.id}/deletion`).loginAs(admin)
    asked.assertTextIncludes('元に戻せません')
    const response = await send(client, admin, `/mailing_lists/${list.id}/deletion`, {})
    assert.match(
      response.header('location') ?? '',
      new RegExp(`^/domains/${tenant.domain.id}/mailing_lists\\?apply=\\d+$`)
    )
    assert.isNull(await MailingList.find(list.id))
    assert.isEmpty(await MailingListMember.query().where('mailing_list_id', list.id))
  })

  test('REL-04: guests sign in first; another admin and a user find nothing', async ({
    assert,
    client,
  }) => {
    const { tenant, list } = await withList()
    const { admin: foreign } = await makeDomain(tenant.server)
    for (const path of ['', '/members', '/waiting_posts', '/archived_posts', '/deletion']) {
      const url = `/mailing_lists/${list.id}${path}`
      const guest = await client.get(url).redirects(0)
      assert.include(guest.header('location') ?? '', '/sign_in')
      for (const person of [foreign, tenant.user]) {
        const response = await client.get(url).loginAs(person)
        response.assertStatus(404)
      }
    }
    const response = await add(client, tenant.user, tenant)
    response.assertStatus(404)
  })
})

const post = {
  post: '0123456789abcdef',
  subject: '会議 <b>',
  name: '佐藤',
  address: 'sato@example.jp',
  at: 1_790_000_000,
  bytes: 2048,
  score: '',
}

test.group('Posts of mailing lists', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('MAIL-06: posts that wait are listed and shown as text, whatever a stranger wrote', async ({
    assert,
    client,
  }) => {
    const { admin, list } = await withList()
    const text = '<script>alert(1)</script>\nよろしく\u202e'
    const back = answerWith(async (_, question) =>
      question === 'list_posts'
        ? { total: 1, posts: [post] }
        : { ...post, text, files: ['議事録.pdf'] }
    )
    const index = await client.get(`/mailing_lists/${list.id}/waiting_posts`).loginAs(admin)
    const show = await client
      .get(`/mailing_lists/${list.id}/waiting_posts/${post.post}`)
      .loginAs(admin)
    back()
    index.assertTextIncludes('会議 &lt;b&gt;')
    show.assertTextIncludes('&lt;script&gt;alert(1)&lt;/script&gt;')
    show.assertTextIncludes('議事録.pdf')
    show.assertTextIncludes('承認して配信する')
    assert.notInclude(show.text(), '\u202e')
  })

  test('MAIL-06: nothing is rejected before it was shown once more', async ({ assert, client }) => {
    const { admin, list } = await withList()
    const asked: string[] = []
    const back = answerWith(async (_, question) => {
      asked.push(question)
      return { ...post, text: 'x', files: [] }
    })
    const one = `/mailing_lists/${list.id}/waiting_posts/${post.post}`
    const show = await client.get(one).loginAs(admin)
    const confirm = await client.get(`${one}/rejection`).loginAs(admin)
    back()
    assert.notInclude(show.text(), `action="${one}/rejection`)
    assert.include(show.text(), `href="${one}/rejection"`)
    assert.include(confirm.text(), `action="${one}/rejection`)
    confirm.assertTextIncludes('「会議 &lt;b&gt;」を却下すると、元に戻せません')
    assert.deepEqual(asked, ['list_post', 'list_post'])
  })

  test("MAIL-06: the list's page says how many posts wait once the server has answered", async ({
    assert,
    client,
  }) => {
    const { admin, list } = await withList()
    const url = `/mailing_lists/${list.id}/waiting_post_count`
    const page = await client.get(`/mailing_lists/${list.id}`).loginAs(admin)
    assert.include(page.text(), `data-fragment="${url}"`)
    const counted = async (asker: Parameters<typeof answerWith>[0]) => {
      const back = answerWith(asker)
      const response = await client
        .get(url)
        .header('X-Requested-With', 'XMLHttpRequest')
        .loginAs(admin)
      back()
      return response
    }
    const three = await counted(async () => ({ total: 3, posts: [post] }))
    three.assertTextIncludes('3 件')
    const none = await counted(async () => ({ total: 0, posts: [] }))
    none.assertTextIncludes('なし')
    const silent = await counted(async () => {
      throw new Unreachable('off')
    })
    silent.assertTextIncludes('今は確認できません')
    const typed = await client.get(url).loginAs(admin).redirects(0)
    typed.assertHeader('location', `/mailing_lists/${list.id}/waiting_posts`)
  })

  for (const [noun, question, action] of [
    ['release', 'release_post', 'list_post_release.store'],
    ['rejection', 'reject_post', 'list_post_rejection.store'],
  ] as const) {
    test(`MAIL-06: a ${noun} is asked of the server and stands in the log; a second one is told`, async ({
      assert,
      client,
    }) => {
      const { tenant, admin, list } = await withList()
      const asked: unknown[] = []
      let found = true
      const back = answerWith(async (_, name, given) => {
        asked.push([name, given])
        return { found }
      })
      const path = `/mailing_lists/${list.id}/waiting_posts/${post.post}/${noun}`
      const response = await send(client, admin, path, {})
      response.assertHeader('location', `/mailing_lists/${list.id}/waiting_posts`)
      found = false
      const second = await send(client, admin, path, {})
      back()
      assert.include(JSON.stringify(second.flashMessages()), 'すでに承認または却下')
      const address = `news@${tenant.domain.name}`
      assert.deepEqual(asked[0], [
        question,
        { domain: tenant.domain.name, list: list.id, post: post.post, address },
      ])
      const lines = await OperationLog.query().where('action', action).orderBy('id')
      assert.deepEqual(
        lines.map(({ succeeded }) => succeeded),
        [true, false]
      )
    })
  }

  test('MAIL-06: a server that does not answer is a notice, not an error', async ({ client }) => {
    const { admin, list } = await withList()
    for (const path of ['waiting_posts', 'archived_posts', 'mail_changes', 'waiting_posts/0a']) {
      const response = await client.get(`/mailing_lists/${list.id}/${path}`).loginAs(admin)
      response.assertStatus(200)
      response.assertTextIncludes('サーバ')
    }
  })

  test('MAIL-06: looking at the changes that mail made takes them over', async ({
    assert,
    client,
  }) => {
    const { admin, list } = await withList(['a@x.jp'])
    const changes = [
      { action: 'join', address: 'NEW@x.jp' },
      { action: 'leave', address: 'a@x.jp' },
      { action: 'join', address: 'not an address' },
    ]
    const back = answerWith(async () => ({ epoch: 'e', after: 0, seen: 3, changes }))
    const page = await client.get(`/mailing_lists/${list.id}/mail_changes`).loginAs(admin)
    back()
    page.assertTextIncludes('メールでの登録・退会が2件ありました')
    assert.deepEqual(await MailingListMember.addressesOf(list.id), ['new@x.jp'])
    const members = await client.get(`/mailing_lists/${list.id}/members`).loginAs(admin)
    members.assertTextIncludes('本人（メール）')
  })

  test('MAIL-06: a server that says nonsense changes nothing', async ({ assert, client }) => {
    const { admin, list } = await withList(['a@x.jp'])
    for (const nonsense of [
      null,
      { epoch: 'e', after: 0, seen: 1, changes: [{ action: 'drop', address: 'a@x.jp' }] },
      { epoch: 'e', after: 7, seen: 9, changes: [{ action: 'leave', address: 'a@x.jp' }] },
    ]) {
      const back = answerWith(async () => nonsense)
      const page = await client.get(`/mailing_lists/${list.id}/mail_changes`).loginAs(admin)
      back()
      page.assertStatus(200)
    }
    assert.deepEqual(await MailingListMember.addressesOf(list.id), ['a@x.jp'])
  })
})
