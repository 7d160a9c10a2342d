import { createPrivateKey, createPublicKey } from 'node:crypto'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import type { DesiredDomain } from '#convergence/desired_server'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import type Account from '#models/account'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import env from '#start/env'
import { certificateIs } from '#monitoring/mail/certificate'
import { queriesOf } from '#tests/support/counted_queries'
import { FakeDns, type Zone } from '#tests/support/fake_dns'

type Input = Record<string, unknown>

function save(
  client: ApiClient,
  { domain, admin }: Tenant,
  setting: string,
  input: Input,
  method: 'PUT' | 'POST' | 'DELETE' = 'PUT',
  by: Account = admin
) {
  const path = `/domains/${domain.id}/mail/${setting}`
  return client
    .post(method === 'POST' ? path : `${path}?_method=${method}`)
    .header('referer', path)
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

async function desiredOf({ server, domain }: Tenant) {
  const desired = await loadDesiredServer(server.id, [domain.id])
  return desired.details.get(domain.id)!
}

const tasksOf = ({ server }: Tenant) => Task.query().where('server_id', server.id)
const errorsOf = (response: { flashMessage(name: string): unknown }) =>
  JSON.stringify(response.flashMessage('inputErrorsBag') ?? {})

/** What the panel's name server answers in one test. */
async function publish(zone: Zone, cleanup: (handler: () => void) => void) {
  const dns = await FakeDns.start(zone)
  const before = env.get('DNS_SERVERS')
  env.set('DNS_SERVERS', dns.address)
  cleanup(() => {
    env.set('DNS_SERVERS', before ?? '')
    dns.stop()
  })
  return dns
}

const limits = { sending_per_hour: '１，０００', sending_per_day: '10000' }
const settings: [string, string, Input, (told: DesiredDomain) => unknown, unknown][] = [
  ['MAIL-10', 'out_mx', { out_mx: 'on' }, (told) => told.outMx, true],
  [
    'MAIL-05',
    'allowed_senders',
    { senders: '@Example.jp' },
    (told) => told.allowedSenders,
    ['example.jp'],
  ],
  [
    'MAIL-11',
    'sending_limits',
    limits,
    (told) => told.sendingLimits,
    { perHour: 1000, perDay: 10_000 },
  ],
  ['MAIL-11', 'mta_sts', { mta_sts: 'enforce' }, (told) => told.mtaSts, 'enforce'],
]

test.group('Mail of a domain', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => certificateIs('trusted'))

  for (const [id, setting, input, read, wanted] of settings) {
    test(`${id}: ${setting} is saved, the server is told, once`, async ({ assert, client }) => {
      const tenant = await makeTenant()
      const form = await client
        .get(`/domains/${tenant.domain.id}/mail/${setting}`)
        .loginAs(tenant.admin)
      form.assertStatus(200)
      const response = await save(client, tenant, setting, input)
      const task = await tasksOf(tenant).firstOrFail()
      response.assertHeader('location', `/domains/${tenant.domain.id}/mail?apply=${task.id}`)
      assert.deepEqual(JSON.parse(task.payload).domainIds, [tenant.domain.id])
      assert.deepEqual(read(await desiredOf(tenant)), wanted)

      const again = await save(client, tenant, setting, input)
      again.assertHeader('location', `/domains/${tenant.domain.id}/mail`)
      assert.lengthOf(await tasksOf(tenant), 1)
      assert.lengthOf(await OperationLog.all(), 1)
      const page = await client.get('/operation_logs').loginAs(tenant.admin)
      const { action } = await OperationLog.firstOrFail()
      assert.notInclude(page.text(), action)
    })
  }

  const nonsense: [string, Input, string][] = [
    ['out_mx', {}, '入力してください'],
    ['out_mx', { out_mx: '1' }, '一覧から選んで'],
    ['mta_sts', { mta_sts: 'none; drop' }, '一覧から選んで'],
    ['sending_limits', { sending_per_hour: '0', sending_per_day: '10' }, '1から1,000まで'],
    ['sending_limits', { sending_per_hour: '1001', sending_per_day: '5000' }, '1から1,000まで'],
    ['sending_limits', { sending_per_hour: '10', sending_per_day: '10001' }, '1から10,000まで'],
    ['sending_limits', { sending_per_hour: '100', sending_per_day: '99' }, '1時間の上限以上'],
    ['sending_limits', { sending_per_hour: '1e2', sending_per_day: '200' }, '数字だけ'],
    ['sending_limits', { sending_per_hour: '-5', sending_per_day: '2.5' }, '数字だけ'],
    ['allowed_senders', { senders: 'example.jp\nexa mple.jp' }, '2行目'],
  ]
  for (const [setting, input, words] of nonsense) {
    test(`security.md: ${setting} ${JSON.stringify(input)} is refused at the field`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const response = await save(client, tenant, setting, input)
      response.assertHeader('location', `/domains/${tenant.domain.id}/mail/${setting}`)
      assert.include(errorsOf(response), words)
      assert.isNull(await tasksOf(tenant).first())
    })
  }

  test('MAIL-10: the form warns before, the page of the domain afterwards', async ({ client }) => {
    const tenant = await makeTenant()
    const form = await client.get(`/domains/${tenant.domain.id}/mail/out_mx`).loginAs(tenant.admin)
    form.assertTextIncludes('MXレコードの設定を間違えると、メールが届かなくなります')
    await save(client, tenant, 'out_mx', { out_mx: 'on' })
    const page = await client.get(`/domains/${tenant.domain.id}/mail`).loginAs(tenant.admin)
    page.assertTextIncludes('outMXが有効です')
  })

  const exchanges: [string, (tenant: Tenant) => Zone, string | null][] = [
    ['is missing', () => ({}), 'MXレコードが見つかりません'],
    ['is the null MX', ({ domain }) => ({ [domain.name]: { mx: [[0, '']] } }), '見つかりません'],
    [
      'is this server',
      ({ domain, server }) => ({ [domain.name]: { mx: [[10, server.hostname]] } }),
      'を指しています',
    ],
    [
      'is another name of this server',
      ({ domain, server }) => ({
        [domain.name]: { mx: [[10, 'mail.example.jp']] },
        'mail.example.jp': { a: [server.address!] },
      }),
      'を指しています',
    ],
    [
      'is elsewhere',
      ({ domain }) => ({
        [domain.name]: { mx: [[10, 'mail.example.jp']] },
        'mail.example.jp': { a: ['203.0.113.9'] },
      }),
      null,
    ],
    ['is not told', ({ domain }) => ({ [domain.name]: 'silent' }), '確認できませんでした'],
  ]
  for (const [what, zone, words] of exchanges) {
    test(`MAIL-10: outMX is saved and, within three seconds, said what is wrong when the MX ${what}`, async ({
      assert,
      client,
      cleanup,
    }) => {
      const tenant = await makeTenant()
      await publish(zone(tenant), cleanup)
      const before = performance.now()
      const response = await save(client, tenant, 'out_mx', { out_mx: 'on' })
      assert.isBelow(performance.now() - before, 3000)
      const warning = response.flashMessages().warning as unknown
      if (words === null) assert.isUndefined(warning)
      else assert.include(String(warning), words)
      const { outMx } = await desiredOf(tenant)
      assert.isTrue(outMx)
    })
  }

  test('MAIL-10: turning outMX off asks DNS nothing', async ({ assert, client, cleanup }) => {
    const tenant = await makeTenant()
    await tenant.domain.mail.setOutMx(true, { by: tenant.admin, ip: null })
    const dns = await publish({}, cleanup)
    const response = await save(client, tenant, 'out_mx', { out_mx: 'off' })
    assert.isEmpty(dns.asked)
    assert.isUndefined(response.flashMessage('warning'))
  })

  test('MAIL-10: users, too, are told where their mail goes', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { domain, mailbox, user, admin } = tenant
    const ofUser = [`/mailboxes/${mailbox.id}`, `/mailboxes/${mailbox.id}/client_setup`]
    const pages: [Account, string][] = [
      ...ofUser.map((path): [Account, string] => [user, path]),
      [admin, `/domains/${domain.id}/mailboxes`],
    ]
    for (const [who, path] of pages) {
      const page = await client.get(path).loginAs(who)
      assert.notInclude(page.text(), 'outMX')
    }
    await domain.mail.setOutMx(true, { by: admin, ip: null })
    for (const [who, path] of pages) {
      const page = await client.get(path).loginAs(who)
      page.assertTextIncludes('outMXが有効です')
    }
  })

  test('MAIL-11: TLS is not made a must while the certificate of the server would turn senders away', async ({
    assert,
    client,
    cleanup,
  }) => {
    const tenant = await makeTenant()
    cleanup(certificateIs('untrusted'))
    const form = await client.get(`/domains/${tenant.domain.id}/mail/mta_sts`).loginAs(tenant.admin)
    form.assertTextIncludes('自己署名の証明書では')
    const refused = await save(client, tenant, 'mta_sts', { mta_sts: 'enforce' })
    assert.include(errorsOf(refused), '認証局が発行したものではない')
    assert.isNull(await tasksOf(tenant).first())
    await save(client, tenant, 'mta_sts', { mta_sts: 'testing' })
    await tenant.domain.refresh()
    assert.equal(tenant.domain.mtaSts, 'testing')
  })

  test('MAIL-11: a server whose certificate nobody sees leaves the choice to the customer', async ({
    assert,
    client,
    cleanup,
  }) => {
    const tenant = await makeTenant()
    cleanup(certificateIs('unknown'))
    await save(client, tenant, 'mta_sts', { mta_sts: 'enforce' })
    await tenant.domain.refresh()
    assert.equal(tenant.domain.mtaSts, 'enforce')
  })

  test('MAIL-11: before a key is deleted that is asked', async ({ client }) => {
    const { domain, admin } = await makeTenant()
    const path = `/domains/${domain.id}/mail/dkim/deletion`
    const none = await client.get(path).loginAs(admin).redirects(0)
    none.assertHeader('location', `/domains/${domain.id}/mail/dkim`)
    const key = { selector: 't1', privateKey: 'secret', publicKey: 'AAAA' }
    await domain.mail.useDkimKey(key, null, { by: admin, ip: null })
    const page = await client.get(path).loginAs(admin)
    page.assertTextIncludes('いまの鍵は元に戻せません')
  })

  test('MAIL-11: DKIM is turned on with a key of 2048 bits that only the server gets to see', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await save(client, tenant, 'dkim', { loaded_selector: '' }, 'POST')
    const { dkimSelector, dkimPrivateKey } = await desiredOf(tenant)
    assert.match(dkimSelector!, /^t\d{8}[a-z]{4}$/)
    const privateKey = createPrivateKey(dkimPrivateKey!)
    assert.equal(privateKey.asymmetricKeyDetails?.modulusLength, 2048)

    await tenant.domain.refresh()
    const published = Buffer.from(tenant.domain.dkimPublicKey!, 'base64')
    const fromPrivate = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
    assert.isTrue(published.equals(fromPrivate))
    const secret = dkimPrivateKey!.split('\n')[3]
    assert.notInclude(tenant.domain.dkimPrivateKey, secret)

    const page = await client.get(`/domains/${tenant.domain.id}/mail`).loginAs(tenant.admin)
    page.assertTextIncludes(`${dkimSelector}._domainkey`)
    page.assertTextIncludes(`v=DKIM1; k=rsa; p=${tenant.domain.dkimPublicKey}`)
    assert.notInclude(page.text(), secret)
    assert.notInclude(JSON.stringify(await Task.all()), secret)
    assert.notInclude(JSON.stringify(await OperationLog.all()), secret)
  }).timeout(20_000)

  test('MAIL-11: a new key has a new selector; a second click makes no second one', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const turnOn = () => save(client, tenant, 'dkim', { loaded_selector: '' }, 'POST')
    const [, second] = [await turnOn(), await turnOn()]
    assert.include(errorsOf(second), '鍵は、この画面を開いている間に変更されました')
    const { dkimSelector: first } = await desiredOf(tenant)
    await save(client, tenant, 'dkim', { loaded_selector: first }, 'POST')
    const { dkimSelector: next } = await desiredOf(tenant)
    assert.notEqual(next, first)
    assert.lengthOf(await tasksOf(tenant), 2)

    await save(client, tenant, 'dkim', {}, 'DELETE')
    const { dkimSelector, dkimPrivateKey } = await desiredOf(tenant)
    assert.deepEqual([dkimSelector, dkimPrivateKey], [null, null])
    const again = await save(client, tenant, 'dkim', {}, 'DELETE')
    again.assertHeader('location', `/domains/${tenant.domain.id}/mail`)
  }).timeout(20_000)

  test('MAIL-11: another policy has another id, the same one keeps it', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await save(client, tenant, 'mta_sts', { mta_sts: 'testing' })
    await tenant.domain.refresh()
    const before = tenant.domain.mtaStsChangedAt!
    await tenant.domain.merge({ mtaStsChangedAt: before.minus({ days: 1 }) }).save()
    await save(client, tenant, 'mta_sts', { mta_sts: 'testing' })
    await tenant.domain.refresh()
    assert.isBelow(+tenant.domain.mtaStsChangedAt!, +before)
    await save(client, tenant, 'mta_sts', { mta_sts: 'enforce' })
    await tenant.domain.refresh()
    assert.isAtLeast(+tenant.domain.mtaStsChangedAt!, +before)
  })

  test('MAIL-11: the page shows what to publish without asking DNS; its state is a page of its own', async ({
    assert,
    client,
    cleanup,
  }) => {
    const { domain, server, admin } = await makeTenant()
    const zone: Zone = {
      [domain.name]: { mx: [[10, server.hostname]], txt: [['v=spf1 -all'], ['"><b>x</b>']] },
      [`_dmarc.${domain.name}`]: 'refused',
    }
    const dns = await publish(zone, cleanup)
    const page = await client.get(`/domains/${domain.id}/mail`).loginAs(admin)
    page.assertTextIncludes(`v=spf1 a:${server.hostname} ip4:${server.address} ~all`)
    page.assertTextIncludes(`10 ${server.hostname}.`)
    page.assertTextIncludes(`data-fragment="/domains/${domain.id}/mail/records"`)
    assert.isEmpty(dns.asked)

    const path = `/domains/${domain.id}/mail/records`
    const fragment = await client
      .get(path)
      .header('x-requested-with', 'XMLHttpRequest')
      .loginAs(admin)
    assert.notInclude(fragment.text(), '<html')
    for (const state of ['公開済み', '内容が違う', '未公開', '確認できません']) {
      fragment.assertTextIncludes(state)
    }
    fragment.assertTextIncludes('v=spf1 -all')
    const whole = await client.get(path).loginAs(admin)
    whole.assertTextIncludes('<h1>DNSの確認</h1>')
  })

  test('the page of a domain asks as much for a hundred entries as for none', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const path = `/domains/${tenant.domain.id}/mail`
    const few = await queriesOf(() => client.get(path).loginAs(tenant.admin))
    const senders = Array.from({ length: 100 }, (_, index) => `u${index}@a.jp`).join('\n')
    await save(client, tenant, 'allowed_senders', { senders })
    const many = await queriesOf(() => client.get(path).loginAs(tenant.admin))
    assert.equal(many, few)
    assert.isAbove(many, 2)
    assert.isAtMost(many, 8)
  })

  test('REL-04: the admin of another domain finds nothing of it', async ({ client }) => {
    const tenant = await makeTenant()
    const other = await makeTenant()
    for (const setting of ['out_mx', 'allowed_senders', 'sending_limits', 'mta_sts']) {
      const response = await save(client, tenant, setting, {}, 'PUT', other.admin)
      response.assertStatus(404)
    }
  })
})
