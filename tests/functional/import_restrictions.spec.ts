import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeMailbox, makeTenant, type Tenant } from '#database/factories/tenant'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import Import from '#models/import'
import { hashingIsOver } from '#models/import/hashing'
import Restriction from '#models/restriction'
import { featuresOf, type Feature } from '#models/restriction/feature'
import Task from '#models/task'
import {
  carriedOut,
  confirm,
  csv,
  latestImport,
  mistakesOf,
  upload,
} from '#tests/support/csv_files'

const impose = (tenant: Tenant, feature: Feature, exempt: string[] = []) =>
  Restriction.impose(tenant.domain, feature, { exempt }, { by: tenant.contractor, ip: null })

/** All that a file can change, but for moments. */
async function stateOf({ server, domain }: Tenant) {
  const desired = await loadDesiredServer(server.id, [domain.id])
  const users = await domain.related('mailboxes').query().orderBy('id')
  return JSON.stringify([
    [...desired.details.values()],
    users.map(({ description }) => description),
  ])
}

type SheetName = Parameters<typeof csv>[0]

/** What each feature is called in the files, with a change of it alone. */
const changes: [Feature, SheetName, string, (user: string) => string[]][] = [
  [
    'description',
    'basic_settings',
    '説明',
    (user) => [user, '', '総務', '1024', 'OFF', 'ON', 'OFF'],
  ],
  [
    'password',
    'basic_settings',
    'パスワード',
    (user) => [user, 'k7-Meguro-Asagao', '', '1024', 'OFF', 'ON', 'OFF'],
  ],
  [
    'virus_warning',
    'basic_settings',
    'ウイルス警告メール',
    (user) => [user, '', '', '1024', 'OFF', 'OFF', 'OFF'],
  ],
  [
    'user_script',
    'basic_settings',
    'ユーザスクリプト',
    (user) => [user, '', '', '1024', 'OFF', 'ON', 'ON'],
  ],
  ['spam_check', 'spam_checks', '', (user) => [user, 'ON', '厳しい', '削除', 'a@example.jp']],
  ['forwarding', 'forwards', '', (user) => [user, '残す', 'a@example.jp']],
  ['reject', 'rejected_senders', '', (user) => [user, 'a@example.jp']],
]

test.group('CSV: what is restricted', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.teardown(() => hashingIsOver())

  test('USR-08: every feature that users can be kept from is tried with a file', ({ assert }) => {
    assert.sameMembers(
      changes.map(([feature]) => feature),
      featuresOf('domain_admin')
    )
  })

  for (const [feature, sheet, column, rowOf] of changes) {
    test(`USR-08: ${feature}: a file of a domain admin who may not changes nothing, and says why by line and column`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const { domain, admin, mailbox } = tenant
      await impose(tenant, feature)
      const before = await stateOf(tenant)
      await upload(client, admin, domain, sheet, csv(sheet, rowOf(mailbox.localPart)))
      const found = await latestImport(domain)
      assert.equal(found.state, 'refused')
      assert.match(
        mistakesOf(found)[0],
        new RegExp(`^2 .*${column}.* messages.refusals.restricted$`)
      )
      const page = await client.get(`/imports/${found.id}`).loginAs(admin)
      page.assertTextIncludes('契約者が制限しています')
      assert.equal(await stateOf(tenant), before)
    })

    test(`USR-08: ${feature}: what was restricted after the preview is not carried out`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const { domain, admin, mailbox } = tenant
      await upload(client, admin, domain, sheet, csv(sheet, rowOf(mailbox.localPart)))
      const found = await latestImport(domain)
      assert.equal(found.state, 'checked')
      await confirm(client, admin, found)
      await impose(tenant, feature)
      const before = await stateOf(tenant)
      await hashingIsOver()
      await Import.run(found.id).catch(() => {})
      await found.refresh()
      assert.equal(found.state, 'failed')
      assert.equal(await stateOf(tenant), before)
      assert.lengthOf(await Task.query().where('kind', 'converge_server'), 0)
    })

    test(`USR-08: ${feature}: the contractor's file is carried out, and the admin's for whom it leaves out`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const { domain, contractor, admin, mailbox } = tenant
      const other = await makeMailbox(domain, tenant.server)
      await impose(tenant, feature, [other.mailbox.localPart])
      const sent = [
        [contractor, mailbox.localPart],
        [admin, other.mailbox.localPart],
      ] as const
      for (const [by, localPart] of sent) {
        const before = await stateOf(tenant)
        const found = await carriedOut(client, by, domain, sheet, csv(sheet, rowOf(localPart)))
        assert.equal(found.state, 'done')
        assert.notEqual(await stateOf(tenant), before)
      }
    })
  }

  const alone: [Feature, SheetName, string, readonly string[]][] = [
    ['spam_check', 'spam_checks', '迷惑メールチェック', ['OFF', '普通', '件名付加', '']],
    ['spam_check', 'spam_checks', '迷惑メール判定レベル', ['ON', '厳しい', '件名付加', '']],
    ['spam_check', 'spam_checks', '迷惑メール判定時アクション', ['ON', '普通', '隔離', '']],
    ['spam_check', 'spam_checks', 'ホワイトリスト', ['ON', '普通', '件名付加', 'a@example.jp']],
    ['forwarding', 'forwards', 'サーバのメール', ['残さない', '']],
    ['forwarding', 'forwards', '転送先メールアドレス', ['残す', 'a@example.jp']],
  ]
  for (const [feature, sheet, column, cells] of alone) {
    test(`USR-08: ${column} alone is restricted by ${feature}, too`, async ({ assert, client }) => {
      const tenant = await makeTenant()
      const { domain, admin, mailbox } = tenant
      await impose(tenant, feature)
      await upload(client, admin, domain, sheet, csv(sheet, [mailbox.localPart, ...cells]))
      assert.deepEqual(mistakesOf(await latestImport(domain)), [
        `2 ${column} messages.refusals.restricted`,
      ])
    })
  }

  test('USR-08: pages of files say beforehand which columns are restricted', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { domain, admin, contractor } = tenant
    const path = `/domains/${domain.id}/imports`
    await impose(tenant, 'description')
    const page = await client.get(`${path}/basic_settings`).loginAs(admin)
    page.assertTextIncludes('「説明」の値を変えた行は')
    page.assertTextIncludes('契約者が制限しています')
    const other = await client.get(`${path}/forwards`).loginAs(admin)
    assert.notInclude(other.text(), '制限')
    const list = await client.get(path).loginAs(admin)
    assert.lengthOf(list.text().match(/>制限中</g)!, 1)
    const free = await client.get(`${path}/basic_settings`).loginAs(contractor)
    assert.notInclude(free.text(), '制限されている')
  })

  test('USR-08: what a file leaves as it is needs no permission', async ({ assert, client }) => {
    const tenant = await makeTenant()
    for (const feature of featuresOf('domain_admin')) await impose(tenant, feature)
    const { admin, domain, mailbox } = tenant
    const row = [mailbox.localPart, '', '', '77', 'OFF', 'ON', 'OFF']
    const found = await carriedOut(
      client,
      admin,
      domain,
      'basic_settings',
      csv('basic_settings', row)
    )
    assert.equal(found.state, 'done')
    await mailbox.refresh()
    assert.equal(mailbox.quotaMb, 77)
  })
})
