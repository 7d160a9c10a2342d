import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { Refusal } from '#exceptions/refusals'
import type Account from '#models/account'
import Mailbox from '#models/mailbox'
import OperationLog from '#models/operation_log'
import Task from '#models/task'

const pathOf = ({ id }: Mailbox) => `/mailboxes/${id}/ftp_right`

function save(client: ApiClient, by: Account, mailbox: Mailbox, input: Record<string, unknown>) {
  return client
    .post(`${pathOf(mailbox)}?_method=PUT`)
    .header('referer', pathOf(mailbox))
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

const tasksOf = ({ server }: Tenant) => Task.query().where('server_id', server.id)

/** Who of the domain sees its whole tree, as the server is told. */
async function rightsOf({ server, domain }: Tenant) {
  const desired = await loadDesiredServer(server.id, [domain.id])
  return desired.details
    .get(domain.id)!
    .mailboxes.filter(({ ftpRight }) => ftpRight)
    .map(({ localPart }) => `${localPart}`)
}

test.group('FTP rights', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const role of ['contractor', 'admin'] as const) {
    test(`WEB-05: ${role} gives a user the right and takes it back, and the server is told`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const form = await client.get(pathOf(tenant.mailbox)).loginAs(tenant[role])
      form.assertStatus(200)
      assert.match(form.text(), /value="off"[^>]*checked/)
      assert.deepEqual(await rightsOf(tenant), ['admin'])

      const on = await save(client, tenant[role], tenant.mailbox, { ftp_right: 'on' })
      const task = await tasksOf(tenant).firstOrFail()
      on.assertHeader('location', `/mailboxes/${tenant.mailbox.id}?apply=${task.id}`)
      assert.deepEqual(JSON.parse(task.payload).domainIds, [tenant.domain.id])
      assert.deepEqual(await rightsOf(tenant), ['admin', tenant.mailbox.localPart])
      const log = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
      assert.deepEqual([log.action, log.succeeded], ['ftp_right.update', true])

      const again = await save(client, tenant[role], tenant.mailbox, { ftp_right: 'on' })
      assert.equal(again.flashMessage('success'), '変更はありませんでした。')
      await save(client, tenant[role], tenant.mailbox, { ftp_right: 'off' })
      assert.deepEqual(await rightsOf(tenant), ['admin'])
    })
  }

  test('WEB-05: a user neither sees the page nor gives himself the right', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const page = await client.get(pathOf(tenant.mailbox)).loginAs(tenant.user)
    page.assertStatus(403)
    const refused = await save(client, tenant.user, tenant.mailbox, { ftp_right: 'on' })
    refused.assertStatus(403)
    assert.deepEqual(await rightsOf(tenant), ['admin'])
    const own = await client.get(`/mailboxes/${tenant.mailbox.id}`).loginAs(tenant.user)
    assert.notInclude(own.text(), '/ftp_right')
  })

  test('WEB-05: who is not signed in is sent to the door, who is of another contract finds nothing', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const other = await makeTenant()
    const guest = await client.get(pathOf(tenant.mailbox)).redirects(0)
    assert.match(guest.header('location') ?? '', /sign_in$/)
    for (const by of [other.contractor, other.admin, other.user]) {
      const page = await client.get(pathOf(tenant.mailbox)).loginAs(by)
      page.assertStatus(404)
      const refused = await save(client, by, tenant.mailbox, { ftp_right: 'on' })
      refused.assertStatus(404)
    }
    assert.deepEqual(await rightsOf(tenant), ['admin'])
  })

  test('WEB-05: nonsense is refused at the field', async ({ assert, client }) => {
    const tenant = await makeTenant()
    for (const input of [{}, { ftp_right: '1' }, { ftp_right: ['on', 'off'] }]) {
      const response = await save(client, tenant.admin, tenant.mailbox, input)
      response.assertHeader('location', pathOf(tenant.mailbox))
      assert.property(response.flashMessage('inputErrorsBag'), 'ftp_right')
    }
    assert.isNull(await tasksOf(tenant).first())
  })

  test('WEB-05: the domain admin has the right from the first day and keeps it', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const mailbox = await Mailbox.findOrFail(tenant.admin.mailboxId)
    assert.isTrue(mailbox.ftpRight)
    for (const by of [tenant.contractor, tenant.admin]) {
      const page = await client.get(pathOf(mailbox)).loginAs(by)
      page.assertStatus(403)
    }
    const actor = { by: tenant.contractor, ip: null }
    await assert.rejects(() => mailbox.setFtpRight(false, actor), Refusal)
    assert.deepEqual(await rightsOf(tenant), ['admin'])
  })

  test('WEB-05: the page of a user says what he may by FTP, and leads who manages him to the right', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { mailbox, admin, contractor } = tenant
    const page = await client.get(`/mailboxes/${mailbox.id}`).loginAs(admin)
    page.assertTextIncludes('自分のホームディレクトリだけを使えます')
    page.assertTextIncludes(`/mailboxes/${mailbox.id}/ftp_right`)
    await mailbox.setFtpRight(true, { by: contractor, ip: null })
    const changed = await client.get(`/mailboxes/${mailbox.id}`).loginAs(tenant.user)
    changed.assertTextIncludes('ドメイン管理者と同じファイルを使えます')
    const own = await client.get(`/mailboxes/${admin.mailboxId}`).loginAs(contractor)
    own.assertTextIncludes('ドメイン管理者の権限は外せません')
    assert.notInclude(own.text(), '/ftp_right')
  })

  test('WEB-05: the set-up page has everything to type into an FTP client', async ({
    assert,
    client,
  }) => {
    const { mailbox, user, admin, domain, server } = await makeTenant()
    const address = `${mailbox.localPart}@${domain.name}`
    const path = `/mailboxes/${mailbox.id}/client_setup`
    const page = await client.get(path).loginAs(user)
    const [, ftp] = page.text().split('id="ftp"')
    for (const words of [server.hostname, '21', 'FTP over TLS', 'パッシブモード', address])
      assert.include(ftp, words)
    assert.notInclude(ftp, `${address}/home`)
    await mailbox.setFtpRight(true, { by: admin, ip: null })
    const changed = await client.get(path).loginAs(user)
    changed.assertTextIncludes(`${address}/home`)
  })

  test('MAIL-09: the page of the script says how to put it there by FTP', async ({
    assert,
    client,
  }) => {
    const { mailbox, user, admin, domain } = await makeTenant()
    const address = `${mailbox.localPart}@${domain.name}`
    const page = await client.get(`/mailboxes/${mailbox.id}/user_script`).loginAs(user)
    for (const words of [address, 'myscript', '700']) page.assertTextIncludes(words)
    assert.notInclude(page.text(), 'スタッフ')
    const own = await client.get(`/mailboxes/${admin.mailboxId}/user_script`).loginAs(admin)
    own.assertTextIncludes(`admin@${domain.name}/home`)
  })
})
