import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { databaseRow } from '#database/factories/database'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import type Account from '#models/account'
import Database from '#models/database'
import OperationLog from '#models/operation_log'
import StagingChange from '#models/staging_change'
import { changesLanded, giveUpChanges } from '#models/staging_change/outcomes'
import { progressOfStaging } from '#models/staging_change/progress'
import Task from '#models/task'
import { answerWith } from '#monitoring/questions'

const base = ({ domain }: Tenant) => `/domains/${domain.id}/web/staging`

function post(client: ApiClient, by: Account, path: string, input: object) {
  return client
    .post(path)
    .header('referer', path)
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

const side = (files: number, more: object = {}) => ({
  files,
  directories: 2,
  bytes: files * 1024,
  newest: [['index.html', 1_763_800_000]],
  complete: true,
  ...more,
})

const sides = (last = 0) => ({
  last,
  sides: {
    'html': side(12),
    'html.stage': side(34, { complete: false }),
    'cgi-bin': side(0, { newest: [] }),
    'cgi-bin.stage': side(1, { newest: [['<b>\\n.cgi', 1]] }),
  },
})

const changesOf = ({ domain }: Tenant) =>
  StagingChange.query().where('domain_id', domain.id).orderBy('id')
const tasksOf = ({ server }: Tenant) => Task.query().where('server_id', server.id).orderBy('id')

async function exchangeOf({ server, domain }: Tenant) {
  const desired = await loadDesiredServer(server.id, [domain.id])
  return desired.details.get(domain.id)!.exchange
}

test.group('Staging', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  let told: unknown = sides()
  group.each.setup(() => {
    told = sides()
    return answerWith(async () => {
      if (told instanceof Error) throw told
      return told
    })
  })

  for (const role of ['contractor', 'admin'] as const) {
    test(`WEB-02: ${role} sees what he swaps, swaps with one apply, and sees who did what when`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const page = await client.get(`${base(tenant)}/swaps/create`).loginAs(tenant[role])
      page.assertTextIncludes('34 個 以上')
      page.assertTextIncludes('12 KB')
      page.assertTextIncludes('&lt;b&gt;\\n.cgi')
      page.assertTextIncludes('name="seen" value="0"')

      const answer = await post(client, tenant[role], `${base(tenant)}/swaps`, { seen: 0 })
      const [change] = await changesOf(tenant)
      answer.assertHeader('location', `${base(tenant)}/changes/${change.id}`)
      assert.equal(change.state, 'exchanging')
      const tasks = await tasksOf(tenant)
      assert.deepEqual(
        tasks.map(({ kind, id }) => [kind, id]),
        [['converge_server', Number(change.applyId)]]
      )
      assert.deepEqual(await exchangeOf(tenant), { serial: change.id, kind: 'swap' })
      const under = await client.get(`${base(tenant)}/changes/${change.id}`).loginAs(tenant[role])
      under.assertTextIncludes('入れ替えています')

      await changesLanded([change.id])
      assert.isUndefined(await exchangeOf(tenant))
      const after = await client.get(base(tenant)).loginAs(tenant[role])
      after.assertTextIncludes('公開中とステージングの入れ替え')
      after.assertTextIncludes('完了')
      const whole = await client.get(`${base(tenant)}/changes/${change.id}`).loginAs(tenant[role])
      whole.assertTextIncludes('新しい内容が公開されています')
      const log = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
      assert.deepEqual([log.action, log.succeeded], ['staging_swap.store', true])
    })
  }

  test('WEB-02: of two clicks at the same moment one swaps', async ({ assert, client }) => {
    const tenant = await makeTenant()
    await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: 0 })
    const second = await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: 0 })
    assert.match(JSON.stringify(second.flashMessages()), /まだ終わっていません/)
    assert.lengthOf(await changesOf(tenant), 1)
    assert.lengthOf(await tasksOf(tenant), 1)
    const log = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
    assert.isFalse(log.succeeded)
  })

  test('WEB-02: a page that shows an older state swaps nothing', async ({ assert, client }) => {
    const tenant = await makeTenant()
    await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: 0 })
    const [first] = await changesOf(tenant)
    await changesLanded([first.id])
    const late = await post(client, tenant.contractor, `${base(tenant)}/swaps`, { seen: 0 })
    assert.match(JSON.stringify(late.flashMessages()), /入れ替えられました/)
    const back = await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: first.id })
    back.assertStatus(302)
    assert.lengthOf(await changesOf(tenant), 2)
  })

  test('WEB-02: with a copy first, files are copied before anything is asked of the engine', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: 0, copies_first: 'true' })
    const [change] = await changesOf(tenant)
    assert.equal(change.state, 'copying')
    const [task] = await tasksOf(tenant)
    assert.equal(task.kind, 'prepare_staging')
    assert.isUndefined(await exchangeOf(tenant))
    const progress = await progressOfStaging(change.id)
    assert.deepEqual([progress!.state, progress!.finished], ['queued', false])
  })

  test('WEB-02: an apply that gives up leaves the old state, and says so', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: 0 })
    const [change] = await changesOf(tenant)
    await giveUpChanges(Number(change.applyId), 'unreachable')
    assert.isUndefined(await exchangeOf(tenant))
    const page = await client.get(`${base(tenant)}/changes/${change.id}`).loginAs(tenant.admin)
    page.assertTextIncludes('公開中の内容は元のまま')
    const next = await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: change.id })
    next.assertStatus(302)
    assert.lengthOf(await changesOf(tenant), 2)
  })

  test('WEB-02: what a server did just before it was lost is found out', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: 0 })
    const [change] = await changesOf(tenant)
    await giveUpChanges(Number(change.applyId), 'unreachable')
    told = sides(change.id)
    await client.get(`${base(tenant)}/sides`).loginAs(tenant.admin)
    await change.refresh()
    assert.equal(change.state, 'done')
  })

  test('WEB-02: an empty staging is pointed out; a server that does not answer keeps nobody from the page', async ({
    client,
  }) => {
    const tenant = await makeTenant()
    told = { ...sides(), sides: { ...sides().sides, 'html.stage': side(0, { newest: [] }) } }
    const empty = await client.get(`${base(tenant)}/swaps/create`).loginAs(tenant.admin)
    empty.assertTextIncludes('html.stage にはファイルがありません')
    told = { sides: { html: 'nonsense' } }
    const refused = await client.get(`${base(tenant)}/swaps/create`).loginAs(tenant.admin)
    refused.assertStatus(200)
    refused.assertTextIncludes('入れ替える')
  })

  test('WEB-02: what killed its workers too often is over, and holds nobody up', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: 0, copies_first: 'true' })
    const [copying] = await changesOf(tenant)
    await Task.query().where('id', Number(copying.taskId)).update({ state: 'failed' })
    const page = await client.get(`${base(tenant)}/changes/${copying.id}`).loginAs(tenant.admin)
    page.assertTextIncludes('途中で止まったため')
    await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: copying.id })
    const exchanging = await changesOf(tenant).andWhere('state', 'exchanging').firstOrFail()
    await Task.query().where('id', Number(exchanging.applyId)).update({ state: 'failed' })
    await post(client, tenant.admin, `${base(tenant)}/swaps`, { seen: exchanging.id })
    await exchanging.refresh()
    assert.deepEqual([exchanging.state, exchanging.failure], ['failed', 'cut_off'])
    assert.lengthOf(await changesOf(tenant), 3)
  })

  for (const name of ['../up', 'a b', 'a/b', 'x'.repeat(8193)]) {
    test(`security.md: "${name.slice(0, 10)}" is no name that a page gave out, and nothing is published`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const path = `${base(tenant)}/publications`
      for (const field of ['chosen[]', 'removed[]']) {
        const form = { seen: 0, [field]: [name], confirms_removal: 'true' }
        const refused = await post(client, tenant.admin, path, form)
        assert.isNotEmpty(refused.flashMessage('inputErrorsBag'))
      }
      assert.lengthOf(await changesOf(tenant), 0)
    })
  }

  test('WEB-02: what is only public goes by choice only when that is confirmed; nothing to take back is said', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const path = `${base(tenant)}/publications`
    const removed = [Buffer.from('.htaccess').toString('base64url')]
    const refused = await post(client, tenant.admin, path, { 'seen': 0, 'removed[]': removed })
    assert.property(refused.flashMessage('inputErrorsBag'), 'confirms_removal')
    assert.lengthOf(await changesOf(tenant), 0)
    await post(client, tenant.admin, path, {
      'seen': 0,
      'removed[]': removed,
      'confirms_removal': 'true',
    })
    const [change] = await changesOf(tenant)
    assert.deepEqual([change.kind, JSON.parse(change.chosen!)], ['publish', removed])

    const nothing = await post(client, tenant.admin, path, { seen: change.id })
    assert.include(JSON.stringify(nothing.flashMessage('inputErrorsBag')), '選ばれていません')
    assert.lengthOf(await changesOf(tenant), 1)

    const none = await client
      .get(`${base(tenant)}/withdrawals/create`)
      .loginAs(tenant.admin)
      .redirects(0)
    none.assertHeader('location', base(tenant))
    assert.include(none.flashMessage('warning'), '取り消せる公開がありません')
  })

  test('WEB-02: how many copies are kept is set within bounds', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const path = `${base(tenant)}/settings?_method=PUT`
    await post(client, tenant.admin, path, { staging_generations: 3 })
    await tenant.domain.refresh()
    assert.equal(tenant.domain.stagingGenerations, 3)
    const refused = await post(client, tenant.admin, path, { staging_generations: 6 })
    assert.property(refused.flashMessage('inputErrorsBag'), 'staging_generations')
    await tenant.domain.refresh()
    assert.equal(tenant.domain.stagingGenerations, 3)
    assert.lengthOf(await tasksOf(tenant), 0)
  })
})

test.group('Staging: databases', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => answerWith(async () => sides()))

  test('WEB-02: a database is taken along on request, of this domain and into another of it', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const [one, two] = [
      await Database.create(databaseRow(tenant.domain, 'one')),
      await Database.create(databaseRow(tenant.domain, 'two')),
    ]
    const foreign = await makeTenant()
    const theirs = await Database.create(databaseRow(foreign.domain, 'theirs'))
    const page = await client.get(`${base(tenant)}/swaps/create`).loginAs(tenant.admin)
    page.assertTextIncludes(one.name)
    assert.notInclude(page.text(), theirs.name)

    const swaps = `${base(tenant)}/swaps`
    for (const [source, target] of [
      [one.id, theirs.id],
      [theirs.id, one.id],
      [one.id, one.id],
      [one.id, ''],
    ]) {
      const input = { seen: 0, database_source: source, database_target: target }
      const refused = await post(client, tenant.admin, swaps, input)
      assert.match(JSON.stringify(refused.flashMessages()), /別々のデータベース/)
    }
    assert.lengthOf(await changesOf(tenant), 0)

    const input = { seen: 0, database_source: one.id, database_target: two.id }
    await post(client, tenant.admin, swaps, input)
    const [change] = await changesOf(tenant)
    assert.deepEqual(
      [change.state, change.databaseSourceId, change.databaseTargetId],
      ['copying', one.id, two.id]
    )
  })
})
