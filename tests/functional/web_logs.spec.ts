import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { ApiClient } from '@japa/api-client'
import { AgentRefusal } from '#convergence/agent/client'
import { UntrustedReply } from '#convergence/agent/frames'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { TooManyQuestions } from '#convergence/transports/questions'
import { Unreachable } from '#convergence/transports/transport'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { answerWith } from '#monitoring/questions'

interface Asked {
  readonly question: string
  readonly given: Readonly<Record<string, any>>
}

const evil = '<script>alert(1)</script>{{ 7*7 }}\u001b[31m\u202e\u0000'
const urlOf = ({ domain }: Tenant, rest = '') => `/domains/${domain.id}/web/logs${rest}`

function keep(client: ApiClient, tenant: Tenant, logDays: string, confirmed?: string) {
  const url = urlOf(tenant, '/retention')
  return client
    .post(`${url}?_method=PUT`)
    .header('referer', url)
    .form({ log_days: logDays, ...(confirmed ? { confirmed } : {}) })
    .loginAs(tenant.admin)
    .withCsrfToken()
    .redirects(0)
}

test.group('Logs of a domain', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  let asked: Asked[] = []
  let answer: unknown
  group.each.setup(() => {
    asked = []
    return answerWith(async (_server, question, given) => {
      asked.push({ question, given })
      if (answer instanceof Error) throw answer
      return answer
    })
  })

  test('ALOG-01: logs are kept for 10 days, until somebody chooses; the server is told, once', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const daysOf = async () => {
      const desired = await loadDesiredServer(tenant.server.id, [tenant.domain.id])
      return desired.details.get(tenant.domain.id)!.logDays
    }
    assert.equal(await daysOf(), 10)
    const response = await keep(client, tenant, '３６６')
    const task = await Task.query().where('server_id', tenant.server.id).firstOrFail()
    response.assertHeader('location', urlOf(tenant, `?apply=${task.id}`))
    assert.equal(await daysOf(), 366)
    const again = await keep(client, tenant, '366')
    again.assertHeader('location', urlOf(tenant))
    const lines = await OperationLog.query().where('action', 'log_retention.update')
    assert.lengthOf(lines, 1)
  })

  test('ALOG-01: fewer days are saved only after it was shown which logs go', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { domain, admin } = tenant
    const name = (day: string) => `access.log-${day.replaceAll('-', '')}.gz`
    const before = (days: number) => DateTime.now().setZone('Asia/Tokyo').minus({ days })
    const days = [1, 3, 4, 7].map((each) => before(each).toISODate()!)
    answer = { files: days.map((day) => ({ name: name(day), bytes: 1024, at: 1763700000 })) }
    for (const confirmed of [undefined, '2', '4']) {
      const response = await keep(client, tenant, '3', confirmed)
      response.assertHeader('location', urlOf(tenant, '/retention?log_days=3'))
    }
    await domain.refresh()
    assert.equal(domain.logDays, 10)

    const page = await client.get(urlOf(tenant, '/retention?log_days=3')).loginAs(admin)
    page.assertTextIncludes(`${days[3]}から${days[2]}までのログ（2ファイル、2 KB）`)
    page.assertTextIncludes('name="confirmed" value="3"')
    const none = await client.get(urlOf(tenant, '/retention?log_days=9')).loginAs(admin)
    none.assertTextIncludes('いま削除されるログはありません')
    for (const nonsense of ['10', '99', '0', 'x']) {
      const form = await client.get(urlOf(tenant, `/retention?log_days=${nonsense}`)).loginAs(admin)
      form.assertTextIncludes('id="log_days"')
    }
    answer = new Unreachable('x')
    const silent = await client.get(urlOf(tenant, '/retention?log_days=3')).loginAs(admin)
    silent.assertTextIncludes('元に戻せません')

    await keep(client, tenant, '3', '3')
    await domain.refresh()
    assert.equal(domain.logDays, 3)
  })

  for (const days of ['0', '367', '-1', '1.5', '1e2', 'x', '']) {
    test(`ALOG-01: "${days}" is no number of days, and is told at the field`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const response = await keep(client, tenant, days)
      assert.property(response.flashMessage('inputErrorsBag'), 'log_days')
      assert.isNull(await Task.query().where('server_id', tenant.server.id).first())
    })
  }

  test('ALOG-01: contractor and domain admin see files with their sizes; users and strangers see nothing', async ({
    client,
  }) => {
    answer = {
      files: [
        { name: 'access.log-20261121.gz', bytes: 2048, at: 1763700000 },
        { name: 'access.log', bytes: 0, at: 1763800000 },
        { name: `access.log-${evil}`, bytes: 5, at: 1763800000 },
      ],
    }
    const [tenant, other] = [await makeTenant(), await makeTenant()]
    for (const by of [tenant.admin, tenant.contractor]) {
      const page = await client.get(urlOf(tenant)).loginAs(by)
      page.assertStatus(200)
      page.assertTextIncludes('2026/11/21')
      page.assertTextIncludes('2 KB')
      page.assertTextIncludes(urlOf(tenant, '/files/access.log-20261121.gz'))
    }
    for (const by of [tenant.user, other.admin, other.contractor, other.user]) {
      for (const path of ['', '/tail', '/searches', '/retention', '/files/access.log']) {
        const page = await client.get(urlOf(tenant, path)).loginAs(by).redirects(0)
        page.assertStatus(404)
      }
    }
  })

  test('ALOG-01: whatever visitors wrote into a log is text on the page, without control characters', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    answer = { inode: 7, offset: 9, lines: [evil], skipped: false }
    const tail = await client.get(urlOf(tenant, '/tail')).loginAs(tenant.admin)
    answer = { lines: [{ file: 'access.log', text: evil }], next: null, read: 1, skipped: [] }
    const search = await client.get(urlOf(tenant, '/searches')).loginAs(tenant.admin)
    for (const page of [tail, search]) {
      page.assertStatus(200)
      page.assertTextIncludes('&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}')
      // eslint-disable-next-line no-control-regex
      assert.notMatch(page.text(), /[\u0000\u001b\u202e]/)
    }
  })

  test('ALOG-01: scripts ask for what was added since', async ({ assert, client }) => {
    const tenant = await makeTenant()
    answer = { inode: 7, offset: 20, lines: ['new'], skipped: false }
    const response = await client
      .get(urlOf(tenant, '/tail'))
      .qs({ log: 'error.stage', inode: 7, offset: 9 })
      .header('X-Requested-With', 'XMLHttpRequest')
      .loginAs(tenant.admin)
    assert.deepEqual(response.body(), {
      value: { position: { inode: 7, offset: 20 }, lines: ['new'], hasSkipped: false },
    })
    const { domain, ...given } = asked[0].given
    assert.deepEqual(given, { log: 'error.stage', most: 200, inode: 7, offset: 9 })
    assert.equal(domain, tenant.domain.name)
  })

  test('ALOG-01: a search is for what was typed, or without what makes no sense', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    answer = { lines: [], next: { file: 'access.log', offset: 5 }, read: 5 << 20, skipped: [] }
    const typed = { text: ' /お店 ', status: '４０４', address: '2001:DB8::1' }
    const days = { since: '2026-11-01', until: '2026-11-03' }
    const qs = { log: 'access.stage', ...typed, ...days, file: 'access.stage.log', offset: 7 }
    const page = await client.get(urlOf(tenant, '/searches')).qs(qs).loginAs(tenant.admin)
    page.assertTextIncludes('続きを検索する')
    page.assertTextIncludes('5 MB')
    const { given } = asked[0]
    const { domain, today, ...rest } = given
    assert.match(today, /^\d{8}$/)
    assert.deepEqual(rest, {
      ...{ log: 'access.stage', text: '/お店', status: '404', address: '2001:DB8::1' },
      ...{ first: '20261101', last: '20261103', most: 200, file: 'access.stage.log', offset: 7 },
    })
    const nonsense = {
      ...{ 'log': '../secret', 'text[]': 'x', 'status': '4x', 'address': 'x y' },
      ...{ since: '2026-13-99', until: 'never', file: '../../etc/passwd', offset: -1 },
    }
    const other = await client.get(urlOf(tenant, '/searches')).qs(nonsense).loginAs(tenant.admin)
    other.assertStatus(200)
    assert.deepInclude(asked[1].given, { log: 'access', status: '', address: '' })
    assert.notProperty(asked[1].given, 'file')
    assert.equal(asked[1].given.first, asked[1].given.today)
  })

  const mistakes: [string, Record<string, string>][] = [
    ['ステータスは', { status: 'abc' }],
    ['ステータスは', { status: '4x' }],
    ['IPアドレスは', { address: '10.87.0.999' }],
    ['開始日は、終了日と同じ日か', { since: '2026-11-03', until: '2026-11-01' }],
    ['開始日は、2026', { since: '2026-13-99' }],
    ['終了日は', { until: 'never' }],
  ]
  for (const [said, qs] of mistakes) {
    test(`ALOG-01: a search for ${JSON.stringify(qs)} says what is wrong, and finds nothing`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const page = await client.get(urlOf(tenant, '/searches')).qs(qs).loginAs(tenant.admin)
      page.assertStatus(200)
      page.assertTextIncludes(said)
      page.assertTextIncludes('検索していません')
      assert.notInclude(page.text(), '見つかりませんでした')
      assert.isEmpty(asked)
      const [typed] = Object.values(qs)
      if (!('since' in qs || 'until' in qs)) page.assertTextIncludes(`value="${typed}"`)
    })
  }

  const errors = [
    new Unreachable('x'),
    new TooManyQuestions('x'),
    new AgentRefusal('E', 'x', {}),
    new UntrustedReply('x'),
  ]
  for (const error of errors) {
    test(`REL-06: ${error.constructor.name} is a notice on each page, and no download`, async ({
      client,
    }) => {
      const tenant = await makeTenant()
      answer = error
      for (const path of ['', '/tail', '/searches']) {
        const page = await client.get(urlOf(tenant, path)).loginAs(tenant.admin)
        page.assertStatus(200)
        page.assertTextIncludes('notice--warning')
      }
      const file = await client
        .get(urlOf(tenant, '/files/access.log'))
        .loginAs(tenant.admin)
        .redirects(0)
      file.assertStatus(302)
    })
  }

  test('ALOG-01: only files of the list can be taken away', async ({ client }) => {
    const tenant = await makeTenant()
    answer = { files: [{ name: 'access.log', bytes: 1, at: 1 }] }
    for (const file of [
      'error.log',
      'access.log-20261101.gz',
      'passwd',
      '..%2F..%2Fetc%2Fpasswd',
    ]) {
      const page = await client.get(urlOf(tenant, `/files/${file}`)).loginAs(tenant.admin)
      page.assertStatus(404)
    }
  })
})
