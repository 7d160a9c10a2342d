import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { makeMailbox, makeTenant, password, type Tenant } from '#database/factories/tenant'
import type Account from '#models/account'
import Mailbox from '#models/mailbox'
import OperationLog from '#models/operation_log'
import Restriction from '#models/restriction'
import { featuresOf, type Feature } from '#models/restriction/feature'
import Task from '#models/task'

type Input = Record<string, unknown>
type Role = 'contractor' | 'admin' | 'user'

function put(client: ApiClient, by: Account, path: string, input: Input) {
  return client
    .post(`${path}?_method=PUT`)
    .header('referer', path)
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

function restrict(client: ApiClient, by: Account, { domain }: Tenant, feature: string, input = {}) {
  const path = `/domains/${domain.id}/restrictions/${feature}`
  return put(client, by, path, { restricted: 'on', ...input })
}

const impose = (tenant: Tenant, by: Role, feature: Feature, exempt: string[] = []) =>
  Restriction.impose(tenant.domain, feature, { exempt }, { by: tenant[by], ip: null })

const errorsOf = (response: ApiResponse) =>
  JSON.stringify(response.flashMessage('inputErrorsBag') ?? {})
const tasksOf = ({ server }: Tenant) => Task.query().where('server_id', server.id)

/** All that a domain's people can set, without the moments of writing. */
async function stateOf({ server, domain }: Tenant) {
  const desired = await loadDesiredServer(server.id, [domain.id])
  const described = await Mailbox.query().where('domain_id', domain.id).select('id', 'description')
  return JSON.stringify([
    ...desired.details.values(),
    described.map(({ id, description }) => [id, description]),
  ])
}

const ofMailbox = (setting: string) => (tenant: Tenant) =>
  `/mailboxes/${tenant.mailbox.id}/${setting}`
const newPassword = 'another-Horse8battery'
const spam = { spam_check: 'on', spam_level: 'strict', spam_action: 'delete' }
const passwords = {
  current_password: password,
  password: newPassword,
  password_confirmation: newPassword,
}

/** Every form of every feature, as a user sends it. */
const forms: [Feature, string, (tenant: Tenant) => string, Input][] = [
  ['virus_warning', 'virus_warning', ofMailbox('virus_warning'), { virus_warning: 'off' }],
  ['spam_check', 'spam_check', ofMailbox('spam_check'), spam],
  ['spam_check', 'allowed_senders', ofMailbox('allowed_senders'), { senders: 'a.example.jp' }],
  ['reject', 'rejected_senders', ofMailbox('rejected_senders'), { senders: 'a.example.jp' }],
  [
    'forwarding',
    'forwards',
    ofMailbox('forwards'),
    { forwards: 'a@example.jp', forward_keeps: 'on' },
  ],
  ['user_script', 'user_script', ofMailbox('user_script'), { user_script: 'on' }],
  ['password', 'password', () => '/password', passwords],
  ['description', 'description', ofMailbox('description'), { description: '営業部' }],
]

const askAdmin = '変更が必要なときは、ドメイン管理者に連絡してください。'
const askContractor = '変更が必要なときは、契約者に連絡してください。'

test.group('Restrictions', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('USR-08: every feature that users can be kept from has a form here', ({ assert }) => {
    assert.sameMembers([...new Set(forms.map(([feature]) => feature))], featuresOf('domain_admin'))
  })

  for (const [feature, name, pathOf, input] of forms) {
    for (const by of ['contractor', 'admin'] as const) {
      test(`USR-08: ${name}: what ${by} restricts is refused to a user at once, and says so`, async ({
        assert,
        client,
      }) => {
        const tenant = await makeTenant()
        const path = pathOf(tenant)
        const open = await client.get(path).loginAs(tenant.user)
        assert.notInclude(open.text(), 'いまは変更できません')
        assert.notInclude(open.text(), 'disabled')

        const before = await stateOf(tenant)
        const saved = await restrict(client, tenant[by], tenant, feature)
        assert.match(String(saved.flashMessage('success')), /の制限を保存しました/)
        assert.equal(await stateOf(tenant), before)

        const who = by === 'contractor' ? '契約者' : 'ドメイン管理者'
        const words = `この設定の変更は、${who}が制限しています。${askAdmin}`
        const shown = await client.get(path).loginAs(tenant.user)
        assert.include(shown.text(), words)
        assert.match(
          shown.text(),
          name === 'password' ? /^(?!.*current_password)/s : /<fieldset[^>]*disabled/
        )

        const refused = await put(client, tenant.user, path, input)
        assert.include(errorsOf(refused), words)
        assert.equal(await stateOf(tenant), before)
        assert.lengthOf(await tasksOf(tenant), 0)
        const line = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
        assert.isFalse(line.succeeded)

        await restrict(client, tenant[by], tenant, feature, { restricted: 'off' })
        const accepted = await put(client, tenant.user, path, input)
        assert.equal(errorsOf(accepted), '{}')
        assert.notEqual(await stateOf(tenant), before)
      })
    }

    test(`USR-08: ${name}: whom a restriction leaves out goes on`, async ({ assert, client }) => {
      const tenant = await makeTenant()
      const before = await stateOf(tenant)
      for (const by of ['contractor', 'admin'] as const)
        await restrict(client, tenant[by], tenant, feature, { exempt: tenant.mailbox.localPart })
      const accepted = await put(client, tenant.user, pathOf(tenant), input)
      assert.equal(errorsOf(accepted), '{}')
      assert.notEqual(await stateOf(tenant), before)
    })

    if (name !== 'password') {
      test(`USR-08: ${name}: the contractor's binds the domain admin, too, for all users`, async ({
        assert,
        client,
      }) => {
        const tenant = await makeTenant()
        const before = await stateOf(tenant)
        await restrict(client, tenant.contractor, tenant, feature)
        const refused = await put(client, tenant.admin, pathOf(tenant), input)
        assert.include(errorsOf(refused), `契約者が制限しています。${askContractor}`)
        assert.equal(await stateOf(tenant), before)
        const accepted = await put(client, tenant.contractor, pathOf(tenant), input)
        assert.equal(errorsOf(accepted), '{}')
        assert.notEqual(await stateOf(tenant), before)
      })

      test(`USR-08: ${name}: the domain admin is not bound by what he restricts himself`, async ({
        assert,
        client,
      }) => {
        const tenant = await makeTenant()
        const before = await stateOf(tenant)
        await restrict(client, tenant.admin, tenant, feature)
        const accepted = await put(client, tenant.admin, pathOf(tenant), input)
        assert.equal(errorsOf(accepted), '{}')
        assert.notEqual(await stateOf(tenant), before)
      })
    }
  }

  test('USR-08: a domain admin who may not set passwords cannot set anybody’s', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await restrict(client, tenant.contractor, tenant, 'password')
    const before = await stateOf(tenant)
    const own = await put(client, tenant.admin, '/password', passwords)
    assert.include(errorsOf(own), askContractor)
    const { mailbox } = tenant
    const input = { quota_mb: 99, password: newPassword }
    const others = await put(client, tenant.admin, `/mailboxes/${mailbox.id}`, input)
    assert.property(others.flashMessage('inputErrorsBag'), 'password')
    assert.equal(await stateOf(tenant), before)
    const form = await client.get(`/mailboxes/${mailbox.id}/edit`).loginAs(tenant.admin)
    assert.match(form.text(), /<input[^>]*name="password"[^>]*disabled/)
    assert.notMatch(form.text(), /<input[^>]*name="description"[^>]*disabled/)
    const rest = await put(client, tenant.admin, `/mailboxes/${mailbox.id}`, { quota_mb: 99 })
    assert.equal(errorsOf(rest), '{}')
    await mailbox.refresh()
    assert.equal(mailbox.quotaMb, 99)
  })

  test('USR-08: a description that is restricted stays, whatever is sent beside it', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await impose(tenant, 'contractor', 'description')
    const before = await stateOf(tenant)
    const input = { quota_mb: 99, description: '総務部', loaded_description: '' }
    const path = `/mailboxes/${tenant.mailbox.id}`
    const refused = await put(client, tenant.admin, path, input)
    assert.property(refused.flashMessage('inputErrorsBag'), 'description')
    assert.equal(await stateOf(tenant), before)
  })

  test('USR-08: menus say what is restricted', async ({ assert, client }) => {
    const tenant = await makeTenant()
    for (const feature of featuresOf('domain_admin')) await impose(tenant, 'admin', feature)
    const page = await client.get(`/mailboxes/${tenant.mailbox.id}`).loginAs(tenant.user)
    const [menu, main] = page.text().split('<main')
    assert.match(menu, /パスワード変更\s*<span[^>]*>制限中</)
    assert.lengthOf(main.match(/>制限中</g)!, 7)
    assert.lengthOf(main.match(/を変更"/g)!, 1)
    assert.notInclude(main, 'パスワードを変更')
    const own = await client.get(`/mailboxes/${tenant.mailbox.id}`).loginAs(tenant.admin)
    assert.notInclude(own.text(), '制限中')
  })

  test('USR-08: the domain’s whitelist belongs to the spam check', async ({ assert, client }) => {
    const tenant = await makeTenant()
    await impose(tenant, 'contractor', 'spam_check')
    const path = `/domains/${tenant.domain.id}/mail/allowed_senders`
    const before = await stateOf(tenant)
    const refused = await put(client, tenant.admin, path, { senders: 'a@b.jp' })
    assert.include(errorsOf(refused), askContractor)
    assert.equal(await stateOf(tenant), before)
    const shown = await client.get(path).loginAs(tenant.admin)
    assert.match(shown.text(), /<fieldset[^>]*disabled/)
  })

  test('USR-08: who may not change the whitelist moves no junk mail to it, and none is moved', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await impose(tenant, 'admin', 'spam_check')
    const path = `/mailboxes/${tenant.mailbox.id}/junk_mail_releases`
    const send = (input: Input) =>
      client
        .post(path)
        .form({ 'validity': 1, 'uids[]': 1, ...input })
        .loginAs(tenant.user)
        .withCsrfToken()
        .redirects(0)
    assert.include(errorsOf(await send({ allow: 'true' })), 'ドメイン管理者が制限しています')
    assert.notInclude(errorsOf(await send({})), '制限')
    assert.lengthOf(await OperationLog.query().where('action', 'junk_mail_release.store'), 1)
  })

  test('USR-08: the list of who is left out takes IDs and addresses, and refuses strangers', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { domain, mailbox } = tenant
    const exempt = ` ADMIN \r\n${mailbox.localPart}@${domain.name}\r\nadmin、`
    await restrict(client, tenant.admin, tenant, 'reject', { exempt })
    const restriction = await Restriction.firstOrFail()
    assert.sameMembers(await restriction.exempt(), ['admin', mailbox.localPart])
    const form = await client.get(`/domains/${domain.id}/restrictions/reject`).loginAs(tenant.admin)
    assert.include(form.text(), mailbox.localPart)

    const wrong = { exempt: `admin\nnobody\n${mailbox.localPart}@elsewhere.jp` }
    const refused = await restrict(client, tenant.admin, tenant, 'reject', wrong)
    assert.property(refused.flashMessage('inputErrorsBag'), 'exempt')
    assert.include(errorsOf(refused), 'nobody')
    assert.equal(refused.flashMessage('exempt'), wrong.exempt)
    assert.sameMembers(await restriction.exempt(), ['admin', mailbox.localPart])
  })

  test('USR-08: two who restrict the same at once make one restriction', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const send = () => restrict(client, tenant.admin, tenant, 'reject', { exempt: 'admin' })
    const answers = await Promise.all([send(), send()])
    assert.deepEqual(
      answers.map((each) => each.status()),
      [302, 302]
    )
    assert.lengthOf(await Restriction.all(), 1)
    assert.lengthOf(await OperationLog.query().where('action', 'reject_restriction.update'), 1)
  })

  test('USR-08: each level is shown what the other restricts', async ({ assert, client }) => {
    const tenant = await makeTenant()
    await impose(tenant, 'contractor', 'reject')
    await impose(tenant, 'admin', 'forwarding', [tenant.mailbox.localPart])
    const path = `/domains/${tenant.domain.id}/restrictions`
    const admins = await client.get(path).loginAs(tenant.admin)
    assert.include(admins.text(), '契約者が制限しています')
    assert.include(admins.text(), '除外ユーザ 1 人')
    assert.notInclude(admins.text(), 'SSH')
    const contractors = await client.get(path).loginAs(tenant.contractor)
    assert.include(contractors.text(), 'ドメイン管理者がユーザに制限しています')
    assert.include(contractors.text(), 'SSH・SFTP')
  })

  test('USR-08: only those who manage the domain restrict, and only what is theirs', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const other = await makeTenant()
    const statusOf = async (by: Account, feature: string, whose = tenant) => {
      const { account, domain } = { account: by, domain: whose.domain }
      const path = `/domains/${domain.id}/restrictions/${feature}`
      const page = await client.get(path).loginAs(account)
      const sent = await restrict(client, account, whose, feature)
      return [page.status(), sent.status()]
    }
    assert.deepEqual(await statusOf(tenant.user, 'reject'), [404, 404])
    assert.deepEqual(await statusOf(other.contractor, 'reject'), [404, 404])
    assert.deepEqual(await statusOf(other.admin, 'reject'), [404, 404])
    assert.deepEqual(await statusOf(tenant.admin, 'ssh'), [403, 403])
    assert.deepEqual(await statusOf(tenant.admin, 'everything'), [404, 404])
    assert.lengthOf(await Restriction.all(), 0)
    assert.deepEqual(await statusOf(tenant.contractor, 'ssh'), [200, 302])
    const guest = await client.get(`/domains/${tenant.domain.id}/restrictions`).redirects(0)
    guest.assertHeader('location', '/sign_in')
  })

  test('SSH-03: the server is told, the contractor watches it, the domain admin sees why', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { server, domain } = tenant
    const forbidden = async () => {
      const desired = await loadDesiredServer(server.id, [])
      return desired.domains.map(({ id, sshForbidden }) => [id, sshForbidden])
    }
    assert.deepEqual(await forbidden(), [[domain.id, false]])
    await impose(tenant, 'contractor', 'reject')
    assert.deepEqual(await forbidden(), [[domain.id, false]])
    const saved = await restrict(client, tenant.contractor, tenant, 'ssh')
    const task = await tasksOf(tenant).firstOrFail()
    saved.assertHeader('location', `/domains/${domain.id}/restrictions?apply=${task.id}`)
    assert.deepEqual(JSON.parse(task.payload).domainIds, [domain.id])
    assert.deepEqual(await forbidden(), [[domain.id, true]])
    const page = await client.get(`/domains/${domain.id}`).loginAs(tenant.admin)
    assert.include(page.text(), '契約者が、このドメインのSSHとSFTPを制限しています')
    const own = await client.get(`/domains/${domain.id}`).loginAs(tenant.contractor)
    assert.include(own.text(), '制限を変更する')
  })

  test('USR-08: pages of people without restrictions of their own domain show none', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const other = await makeTenant()
    for (const feature of featuresOf('contractor')) await impose(other, 'contractor', feature)
    const colleague = await makeMailbox(tenant.domain, tenant.server)
    const page = await client.get(`/mailboxes/${colleague.mailbox.id}`).loginAs(colleague.account)
    assert.notInclude(page.text(), '制限')
  })
})
