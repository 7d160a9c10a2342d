import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeDomain, makeMailbox, makeTenant, type Tenant } from '#database/factories/tenant'
import { Refusal } from '#exceptions/refusals'
import Account from '#models/account'
import Mailbox from '#models/mailbox'
import MailSender from '#models/mail_sender'
import MailboxForward from '#models/mailbox_forward'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { queriesOf } from '#tests/support/counted_queries'

const listOf = ({ domain }: Pick<Tenant, 'domain'>) => `/domains/${domain.id}/mailboxes`

function remove(client: ApiClient, by: Account, tenant: Tenant, ids: readonly (number | string)[]) {
  return client
    .post(`/domains/${tenant.domain.id}/mailbox_deletions`)
    .header('referer', listOf(tenant))
    .form({ 'mailboxes[]': ids.map(String) })
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

function ask(client: ApiClient, by: Account, { domain }: Tenant, ids: readonly number[]) {
  const query = ids.map((id) => `mailboxes[]=${id}`).join('&')
  return client.get(`/domains/${domain.id}/mailbox_deletions/create?${query}`).loginAs(by)
}

async function withUsers(count: number) {
  const tenant = await makeTenant()
  const users = []
  for (let index = 0; index < count; index++) {
    const { mailbox } = await makeMailbox(tenant.domain, tenant.server, `user${index}`)
    users.push(mailbox)
  }
  return { tenant, users, ids: users.map(({ id }) => id) }
}

test.group('Deletions of several users', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('MAIL-01: the names are shown before, then all go with one apply and a line each', async ({
    assert,
    client,
  }) => {
    const { tenant, users, ids } = await withUsers(5)
    await MailboxForward.create({ mailboxId: ids[0], address: 'x@elsewhere.jp' })
    const rejected = { list: 'reject', pattern: 'x.jp' } as const
    await MailSender.create({ domainId: tenant.domain.id, mailboxId: ids[1], ...rejected })
    const page = await ask(client, tenant.admin, tenant, ids)
    page.assertTextIncludes('5人のユーザを削除すると、元に戻せません')
    for (const { localPart } of users) page.assertTextIncludes(`${localPart}@${tenant.domain.name}`)
    assert.lengthOf(await Mailbox.findMany(ids), 5)

    const response = await remove(client, tenant.admin, tenant, ids)
    const tasks = await Task.query().where('server_id', tenant.server.id)
    assert.lengthOf(tasks, 1)
    response.assertHeader('location', `${listOf(tenant)}?apply=${tasks[0].id}`)
    assert.isEmpty(await Mailbox.findMany(ids))
    assert.isEmpty(await Account.query().whereIn('mailbox_id', ids))
    assert.isEmpty(await MailboxForward.all())
    assert.isEmpty(await MailSender.all())
    assert.isNotNull(await Mailbox.find(tenant.mailbox.id))
    const logs = await OperationLog.query().where('action', 'mailbox.destroy').orderBy('id')
    assert.deepEqual(
      logs.map(({ target, succeeded }) => [target, succeeded]),
      users.map(({ localPart }) => [`${localPart}@${tenant.domain.name}`, true])
    )
  })

  test('MAIL-01: more than twenty at once, and one that was ticked twice', async ({
    assert,
    client,
  }) => {
    const { tenant, ids } = await withUsers(30)
    await remove(client, tenant.contractor, tenant, [...ids, ids[0]])
    assert.isEmpty(await Mailbox.findMany(ids))
  })

  test('MAIL-01: the admin stays, and with him everybody who was ticked', async ({
    assert,
    client,
  }) => {
    const { tenant, ids } = await withUsers(2)
    const withAdmin = [...ids, tenant.admin.mailboxId!]
    const page = await ask(client, tenant.admin, tenant, withAdmin)
    page.assertStatus(403)
    const response = await remove(client, tenant.admin, tenant, withAdmin)
    response.assertStatus(403)
    assert.lengthOf(await Mailbox.findMany(withAdmin), 3)
    assert.isNull(await Task.query().where('server_id', tenant.server.id).first())
    const list = await client.get(listOf(tenant)).loginAs(tenant.admin)
    assert.notInclude(list.text(), `value="${tenant.admin.mailboxId}"`)
  })

  test('MAIL-01: whoever asks for it, the admin is not deleted', async ({ assert }) => {
    const { domain, admin, contractor, mailbox } = await makeTenant()
    const actor = { by: contractor, ip: null }
    const his = await Mailbox.findOrFail(admin.mailboxId!)
    await assert.rejects(() => his.remove(actor), Refusal)
    await assert.rejects(() => Mailbox.removeAll(domain, [mailbox, his], actor), Refusal)
    assert.lengthOf(await Mailbox.findMany([his.id, mailbox.id]), 2)
  })

  test('MAIL-01: a second click finds them gone and says so; nobody else goes', async ({
    assert,
    client,
  }) => {
    const { tenant, ids } = await withUsers(2)
    await remove(client, tenant.admin, tenant, ids)
    const again = await remove(client, tenant.admin, tenant, [...ids, tenant.mailbox.id])
    assert.include(JSON.stringify(again.flashMessage('inputErrorsBag')), 'すでに削除された可能性')
    assert.isNotNull(await Mailbox.find(tenant.mailbox.id))
    assert.lengthOf(await Task.query().where('server_id', tenant.server.id), 1)
  })

  test('MAIL-07: who forwards to them is told before, apart from those that go with them', async ({
    assert,
    client,
  }) => {
    const { tenant, users, ids } = await withUsers(3)
    const { domain, server, admin, contractor } = tenant
    const addressOf = (localPart: string, name = domain.name) => `${localPart}@${name}`
    const forward = (mailbox: Mailbox, to: string) =>
      MailboxForward.create({ mailboxId: mailbox.id, address: to })
    const { domain: second } = await makeDomain(server)
    const { mailbox: sister } = await makeMailbox(second, server, 'imouto')
    const stranger = await makeTenant()
    const target = addressOf('user0')
    await forward(users[1], target)
    await forward(users[2], target)
    await forward(users[2], addressOf('user1'))
    await forward(sister, target)
    await forward(stranger.mailbox, target)

    const seen = async (by: Account, ...chosen: number[]) => {
      const page = await ask(client, by, tenant, chosen)
      page.assertTextIncludes('へ転送されています')
      assert.notInclude(page.text(), stranger.domain.name)
      return page.text()
    }
    const all = await seen(contractor, ids[0], ids[1])
    assert.include(all, `<li>${addressOf('user2')}</li>`)
    assert.include(all, `<li>${addressOf('imouto', second.name)}</li>`)
    assert.notInclude(all, `<li>${addressOf('user1')}</li>`)
    assert.include(all, 'ほかのお客さまのアドレス（1件）')

    const byAdmin = await seen(admin, ids[0])
    assert.include(byAdmin, `<li>${addressOf('user1')}</li>`)
    assert.notInclude(byAdmin, 'imouto')
    assert.include(byAdmin, 'ほかのお客さまのアドレス（2件）')

    const one = await client.get(`/mailboxes/${ids[1]}/deletion`).loginAs(admin)
    one.assertTextIncludes(`<li>${addressOf('user2')}</li>`)
    const nobody = await client.get(`/mailboxes/${ids[2]}/deletion`).loginAs(admin)
    assert.notInclude(nobody.text(), 'へ転送されています')

    await domain.merge({ outMx: true }).save()
    const elsewhere = await client.get(`/mailboxes/${ids[1]}/deletion`).loginAs(admin)
    assert.notInclude(elsewhere.text(), 'へ転送されています', 'his mail follows the MX anyway')
  })

  test('MAIL-07: of many that forward to a user the first are told, and how many more', async ({
    assert,
    client,
  }) => {
    const { tenant, users, ids } = await withUsers(23)
    const address = `user0@${tenant.domain.name}`
    for (const { id } of users.slice(1)) {
      await MailboxForward.create({ mailboxId: id, address })
    }
    const page = await ask(client, tenant.admin, tenant, [ids[0]])
    assert.lengthOf(page.text().match(/<li>user\d+@/g) ?? [], 20)
    page.assertTextIncludes('ほか2人')
  })

  test('REL-04: users of other domains are as unknown as users there never were', async ({
    assert,
    client,
  }) => {
    const { tenant, ids } = await withUsers(1)
    const { domain } = await makeDomain(tenant.server)
    const { mailbox: neighbour } = await makeMailbox(domain, tenant.server)
    const stranger = await makeTenant()
    const answers = []
    for (const id of [neighbour.id, stranger.mailbox.id, 999_999_999]) {
      const response = await remove(client, tenant.contractor, tenant, [ids[0], id])
      answers.push(JSON.stringify(response.flashMessages().inputErrorsBag))
    }
    assert.lengthOf([...new Set(answers)], 1)
    assert.lengthOf(await Mailbox.findMany([ids[0], neighbour.id, stranger.mailbox.id]), 3)
  })

  test('MAIL-01: nobody ticked is said on the list', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const response = await ask(client, tenant.admin, tenant, []).redirects(0)
    response.assertHeader('location', listOf(tenant))
    assert.include(JSON.stringify(response.flashMessage('inputErrorsBag')), '選んでください')
    for (const ids of [['x'], ['1.5'], ['-1'], ['1e999'], ['__proto__']]) {
      const refused = await remove(client, tenant.admin, tenant, ids)
      refused.assertStatus(302)
    }
  })

  test('MAIL-01: the list asks as much for a full page as for one user, and how many there are', async ({
    assert,
    client,
  }) => {
    const { tenant } = await withUsers(0)
    const few = await queriesOf(() => client.get(listOf(tenant)).loginAs(tenant.admin))
    for (let index = 0; index < 25; index++) {
      await makeMailbox(tenant.domain, tenant.server, `more${index}`)
    }
    const many = await queriesOf(() => client.get(listOf(tenant)).loginAs(tenant.admin))
    // The page; who asks, whether his contract is suspended (OPS-07), whether his domain waits for its end (DOM-05), from where
    // he may (PNL-07) and what, the domain, its server.
    assert.equal(few, 8)
    // How many there are is known of a page that is the only one.
    assert.equal(many, 9)
  })
})
