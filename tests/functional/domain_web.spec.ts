import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { makeDomain, makeTenant, type Tenant } from '#database/factories/tenant'
import type Account from '#models/account'
import { phpSettings } from '#models/domain/php_setting'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { answerWith } from '#monitoring/questions'
import { Unreachable } from '#convergence/transports/transport'

type Input = Record<string, unknown>

const webOf = ({ domain }: Tenant) => `/domains/${domain.id}/web`

function save(client: ApiClient, tenant: Tenant, setting: string, input: Input, method = 'PUT') {
  const path = `${webOf(tenant)}/${setting}`
  return client
    .post(method === 'POST' ? path : `${path}?_method=${method}`)
    .header('referer', path)
    .form(input)
    .loginAs(tenant.admin)
    .withCsrfToken()
    .redirects(0)
}

async function desiredOf({ server, domain }: Tenant) {
  const desired = await loadDesiredServer(server.id, [domain.id])
  return desired.details.get(domain.id)!
}

const tasksOf = ({ server }: Tenant) => Task.query().where('server_id', server.id)
const errorsOf = (response: { flashMessage(name: string): unknown }) =>
  (response.flashMessage('inputErrorsBag') ?? {}) as Record<string, string[]>

const newer = { http: '8.4', https: '8.4', staging_http: '8.4', staging_https: '8.4' }

async function makeWebTenant() {
  const tenant = await makeTenant()
  await tenant.server.merge({ phpVersions: '8.4,8.2' }).save()
  return tenant
}

test.group('Web of a domain', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('PNL-13: the menu of a domain and the side menu of its admin lead to its web', async ({
    assert,
    client,
  }) => {
    const { domain, admin, contractor } = await makeTenant()
    const own = await client.get(`/domains/${domain.id}`).loginAs(admin)
    for (const place of ['tabs__link', 'navigation__link']) {
      assert.match(own.text(), new RegExp(`${place}"[^>]*href="/domains/${domain.id}/web"`))
    }
    const page = await client.get(`/domains/${domain.id}/web`).loginAs(contractor)
    page.assertStatus(200)
    page.assertTextIncludes('サイトの設定')
  })

  test('DIR-04: the page of the web shows the URL of each directory', async ({ client }) => {
    const tenant = await makeTenant()
    const page = await client.get(webOf(tenant)).loginAs(tenant.admin)
    const { name, testName } = tenant.domain
    for (const base of [`http://${name}/`, `https://${name}/`]) page.assertTextIncludes(base)
    for (const host of [name, testName]) {
      page.assertTextIncludes(`http://${host}:11180/`)
      page.assertTextIncludes(`https://${host}:11443/`)
    }
    for (const directory of ['html.stage', 'cgi-bin.stage']) {
      page.assertTextIncludes(directory)
    }
  })

  const settings: [string, string, Input, Input][] = [
    [
      'WEB-03',
      'php',
      { ...newer, https: '8.2' },
      { php: { http: '8.4', https: '8.2', stagingHttp: '8.4', stagingHttps: '8.4' } },
    ],
    [
      'WEB-03',
      'php_ini',
      {
        memory_limit: '５１２',
        date__timezone: 'UTC',
        max_input_vars: '5,000',
        display_errors: 'Off',
      },
      { phpSettings: { 'memory_limit': '512M', 'max_input_vars': '5000', 'date.timezone': 'UTC' } },
    ],
    [
      'WEB-01',
      'error_pages',
      { page_404: 'html/errors/404.html', page_503: '/errors/busy.php' },
      {
        errorPages: [
          { status: 404, path: '/errors/404.html' },
          { status: 503, path: '/errors/busy.php' },
        ],
      },
    ],
  ]

  for (const [id, setting, input, wanted] of settings) {
    test(`${id}: ${setting} is saved, the server is told, once`, async ({
      assert,
      client,
      cleanup,
    }) => {
      cleanup(answerWith(async (_, __, given) => given.paths))
      const tenant = await makeWebTenant()
      const form = await client.get(`${webOf(tenant)}/${setting}`).loginAs(tenant.admin)
      form.assertStatus(200)
      const response = await save(client, tenant, setting, input)
      assert.deepEqual(errorsOf(response), {})
      const task = await tasksOf(tenant).firstOrFail()
      response.assertHeader('location', `${webOf(tenant)}?apply=${task.id}`)
      assert.deepEqual(JSON.parse(task.payload).domainIds, [tenant.domain.id])
      assert.containsSubset(await desiredOf(tenant), wanted)

      const again = await save(client, tenant, setting, input)
      again.assertHeader('location', webOf(tenant))
      assert.lengthOf(await tasksOf(tenant), 1)
      assert.lengthOf(await OperationLog.all(), 1)
      const page = await client.get('/operation_logs').loginAs(tenant.admin)
      const { action } = await OperationLog.firstOrFail()
      assert.notInclude(page.text(), action)
      const shown = await client.get(`${webOf(tenant)}/${setting}`).loginAs(tenant.admin)
      shown.assertStatus(200)
    })
  }

  test('WEB-03: the standard is nothing of its own, and what was chosen can be taken back', async ({
    assert,
    client,
  }) => {
    const tenant = await makeWebTenant()
    const standard = Object.fromEntries(
      phpSettings.map(({ name, standard: value }) => [name.replaceAll('.', '__'), value])
    )
    await save(client, tenant, 'php_ini', standard)
    assert.isEmpty(await tasksOf(tenant))
    await save(client, tenant, 'php_ini', { memory_limit: '300' })
    await save(client, tenant, 'php_ini', {})
    const after = await desiredOf(tenant)
    assert.deepEqual(after.phpSettings, {})
    assert.lengthOf(await tasksOf(tenant), 2)
  })

  const nonsense: [string, Input, string, string][] = [
    ['php', { ...newer, https: '7.4' }, 'https', '一覧から選んで'],
    ['php', { ...newer, https: '' }, 'https', '入力してください'],
    ['php', { ...newer, http: '8.4\nListen 1' }, 'http', '一覧から選んで'],
    ['php', { http: '8.4' }, 'https', '入力してください'],
    ['php_ini', { memory_limit: '-1' }, 'memory_limit', '半角の数字だけ'],
    ['php_ini', { memory_limit: '256M' }, 'memory_limit', '半角の数字だけ'],
    ['php_ini', { memory_limit: '99999' }, 'memory_limit', '32から1,024まで'],
    ['php_ini', { memory_limit: '64\nauto_prepend_file=/x' }, 'memory_limit', '半角の数字だけ'],
    ['php_ini', { display_errors: 'On"\nx=1' }, 'display_errors', '一覧から選んで'],
    ['php_ini', { display_errors: '${HOME}' }, 'display_errors', '一覧から選んで'],
    ['php_ini', { date__timezone: '../../etc' }, 'date__timezone', '一覧から選んで'],
    ['php_ini', { upload_max_filesize: '500' }, 'upload_max_filesize', '以上にして'],
    ['php_ini', { post_max_size: '100' }, 'post_max_size', '以上にして'],
    [
      'php_ini',
      { post_max_size: '300', upload_max_filesize: '301' },
      'post_max_size',
      '（301 MB）以上',
    ],
    ['php_ini', { session__cookie_samesite: 'None' }, 'session__cookie_samesite', 'HTTPSだけ'],
    ['error_pages', { page_404: '../../etc/passwd.html' }, 'page_404', '「.」で始まる'],
    ['error_pages', { page_404: '/a/./b.html' }, 'page_404', '「.」で始まる'],
    ['error_pages', { page_404: '/.htpasswd.html' }, 'page_404', '「.」で始まる'],
    ['error_pages', { page_404: 'http://example.jp/404.html' }, 'page_404', '半角の英字'],
    ['error_pages', { page_404: '/404.html"\nListen 1' }, 'page_404', '半角の英字'],
    ['error_pages', { page_404: '/%{HTTP_HOST}.html' }, 'page_404', '半角の英字'],
    ['error_pages', { page_404: '/a b.html' }, 'page_404', '半角の英字'],
    ['error_pages', { page_404: '/errors/' }, 'page_404', '半角の英字'],
    ['error_pages', { page_404: '/errors/404.cgi' }, 'page_404', '末尾'],
    ['error_pages', { page_404: '/cgi-bin/404.php' }, 'page_404', 'cgi-bin'],
    ['error_pages', { page_404: `/${'a'.repeat(200)}.html` }, 'page_404', '200文字'],
  ]
  for (const [setting, input, field, words] of nonsense) {
    test(`security.md: ${setting} ${JSON.stringify(input)} is refused at the field`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeWebTenant()
      const response = await save(client, tenant, setting, input)
      response.assertStatus(302)
      assert.include(
        (errorsOf(response)[field] ?? []).join(),
        words,
        JSON.stringify(errorsOf(response))
      )
      assert.isEmpty(await tasksOf(tenant))
    })
  }

  test('WEB-01: a page that the site has not got is refused, but not while nobody can know', async ({
    assert,
    client,
    cleanup,
  }) => {
    const tenant = await makeWebTenant()
    cleanup(answerWith(async () => []))
    const refused = await save(client, tenant, 'error_pages', { page_500: '/500.html' })
    assert.include(errorsOf(refused).page_500.join(), 'html/500.html')
    assert.isEmpty(await tasksOf(tenant))
    cleanup(
      answerWith(async () => {
        throw new Unreachable('down')
      })
    )
    await save(client, tenant, 'error_pages', { page_500: '/500.html' })
    assert.lengthOf(await tasksOf(tenant), 1)
  })

  test('WEB-03: what somebody else saved meanwhile is not lost without a word', async ({
    assert,
    client,
    cleanup,
  }) => {
    cleanup(answerWith(async (_, __, given) => given.paths))
    const tenant = await makeWebTenant()
    for (const [setting, one, other] of [
      ['php_ini', { max_input_vars: '5000' }, { max_execution_time: '90' }],
      ['error_pages', { page_404: '/a.html' }, { page_500: '/b.html' }],
    ] as const) {
      const form = await client.get(`${webOf(tenant)}/${setting}`).loginAs(tenant.admin)
      const [, loaded] = /name="loaded" value="(\w+)"/.exec(form.text())!
      await save(client, tenant, setting, { ...one, loaded })
      const refused = await save(client, tenant, setting, { ...other, loaded })
      assert.include(JSON.stringify(errorsOf(refused)), 'ほかの人が設定を変更しました')
    }
    const desired = await desiredOf(tenant)
    assert.deepEqual(desired.phpSettings, { max_input_vars: '5000' })
    assert.deepEqual(
      desired.errorPages.map(({ status }) => status),
      [404]
    )
  })

  test('WEB-03: what var/php.ini says is shown, and what a lying server says is text', async ({
    client,
    cleanup,
  }) => {
    const tenant = await makeWebTenant()
    const values = {
      memory_limit: ['<b>9</b>', 'php.ini'],
      short_open_tag: ['1', 'php.ini'],
      no_setting: ['x', 'php.ini'],
    }
    cleanup(answerWith(async () => ({ values, broken: ['z.ini'] })))
    const page = await client.get(`${webOf(tenant)}/php_ini/own`).loginAs(tenant.admin)
    page.assertStatus(200)
    page.assertTextIncludes('&lt;b&gt;9&lt;/b&gt;')
    page.assertTextIncludes('var/z.ini')
    for (const answer of [null, [], { values: 5 }, { values: { memory_limit: 5 }, broken: [] }]) {
      cleanup(answerWith(async () => answer))
      const other = await client.get(`${webOf(tenant)}/php_ini/own`).loginAs(tenant.admin)
      other.assertStatus(200)
    }
  })

  test('WEB-03: the customer’s own php.ini is read anew when he says so', async ({
    assert,
    client,
  }) => {
    const tenant = await makeWebTenant()
    const before = await desiredOf(tenant)
    assert.equal(before.phpReloadedAt, 0)
    await save(client, tenant, 'php_reload', {}, 'POST')
    const after = await desiredOf(tenant)
    assert.isAbove(after.phpReloadedAt, 1_700_000_000)
    assert.lengthOf(await tasksOf(tenant), 1)
  })

  test('WEB-03: one version is replaced on all domains of a server, in one apply', async ({
    assert,
    client,
  }) => {
    const tenant = await makeWebTenant()
    const { server, domain, contractor } = tenant
    const { domain: other } = await makeDomain(server)
    await other.merge({ phpHttp: '8.2', phpStagingHttp: '8.2' }).save()
    const foreign = await makeWebTenant()
    const page = await client.get(`/servers/${server.id}/php_switches/create`).loginAs(contractor)
    page.assertTextIncludes('PHP 8.2（1個のドメイン）')
    const asked = await client
      .get(`/servers/${server.id}/php_switches/create?from=8.4&to=8.2&ports[]=http&ports[]=https`)
      .loginAs(contractor)
    asked.assertTextIncludes('次の2個のドメイン')
    for (const { unicodeName } of [domain, other]) asked.assertTextIncludes(unicodeName)
    assert.notInclude(asked.text(), foreign.domain.unicodeName)
    assert.isEmpty(await tasksOf(tenant))
    const unclear = await client
      .get(`/servers/${server.id}/php_switches/create?from=8.4&to=`)
      .header('referer', `/servers/${server.id}/php_switches/create`)
      .loginAs(contractor)
      .redirects(0)
    assert.sameMembers(Object.keys(errorsOf(unclear)), ['to', 'ports'])
    const post = (by: Account, input: Input) =>
      client
        .post(`/servers/${server.id}/php_switches`)
        .form(input)
        .loginAs(by)
        .withCsrfToken()
        .redirects(0)
    await post(contractor, { from: '8.4', to: '8.2', ports: ['http', 'https'] })
    const rows = await Promise.all([domain.refresh(), other.refresh(), foreign.domain.refresh()])
    assert.deepEqual(
      rows.map((row) => [row.phpHttp, row.phpHttps, row.phpStagingHttp, row.phpStagingHttps]),
      [
        ['8.2', '8.2', '8.4', '8.4'],
        ['8.2', '8.2', '8.2', '8.4'],
        ['8.4', '8.4', '8.4', '8.4'],
      ]
    )
    const [task, ...more] = await tasksOf(tenant)
    assert.isEmpty(more)
    assert.deepEqual(JSON.parse(task.payload).domainIds, [domain.id, other.id])
    assert.lengthOf(await OperationLog.query().where('action', 'php_versions.update'), 2)

    await post(contractor, { from: '8.4', to: '8.2', ports: ['http'] })
    assert.lengthOf(await tasksOf(tenant), 1)
    for (const wrong of [
      { from: '8.2', to: '7.4', ports: ['http'] },
      { from: '8.2', to: '8.4', ports: ['name'] },
      { from: '8.2', to: '8.4' },
      { from: '8.2; drop', to: '8.4', ports: ['http'] },
    ]) {
      await post(contractor, wrong)
    }
    assert.lengthOf(await tasksOf(tenant), 1)
  })
})
