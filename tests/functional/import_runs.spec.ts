import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { ApiClient } from '@japa/api-client'
import { makeMailbox, makeTenant, type Tenant } from '#database/factories/tenant'
import RunImport from '#jobs/run_import'
import Account from '#models/account'
import Import from '#models/import'
import { hashingIsOver } from '#models/import/hashing'
import { progressOfImport, watchImport } from '#models/import/progress'
import Mailbox from '#models/mailbox'
import MailboxForward from '#models/mailbox_forward'
import MailingList from '#models/mailing_list'
import OperationLog from '#models/operation_log'
import Restriction from '#models/restriction'
import Task from '#models/task'
import {
  carriedOut,
  confirm,
  csv,
  latestImport,
  mistakesOf,
  upload,
} from '#tests/support/csv_files'
import { clearTasks, workerFor } from '#tests/support/task_fixtures'

const run = promisify(execFile)
const secret = 'k7-Meguro-Asagao'

const users = (count: number) =>
  csv(
    'additions',
    ...Array.from({ length: count }, (_, index) => [`user${index}`, secret, `${index}`, '100'])
  )
const reason = ({ reason: found }: Import) => found?.key ?? null
const forwardTo = (mailbox: Mailbox, to: string) => csv('forwards', [mailbox.localPart, '残す', to])

async function checked(
  client: ApiClient,
  by: Account,
  { domain }: Tenant,
  ...[sheet, text]: [Parameters<typeof upload>[3], string]
) {
  await upload(client, by, domain, sheet, text)
  await hashingIsOver()
  return latestImport(domain)
}

/** Each request has a transaction of its own, as it has in the panel. */
test.group('CSV: runs', (group) => {
  group.each.setup(() => testUtils.db().truncate())
  group.each.teardown(() => clearTasks())

  test('USR-06: of two files of one domain the one that was overtaken changes nothing', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, contractor, mailbox } = tenant
    const first = await checked(client, admin, tenant, 'forwards', forwardTo(mailbox, 'a@x.jp'))
    const second = await checked(
      client,
      contractor,
      tenant,
      'forwards',
      forwardTo(mailbox, 'b@x.jp')
    )
    await Promise.all([confirm(client, admin, first), confirm(client, contractor, second)])
    await Promise.all([Import.run(first.id), Import.run(second.id)])
    await first.refresh()
    await second.refresh()
    const [done, failed] = first.state === 'done' ? [first, second] : [second, first]
    assert.deepEqual([done.state, failed.state], ['done', 'failed'])
    assert.equal(reason(failed), 'messages.refusals.import_was_overtaken')
    assert.lengthOf(await MailboxForward.all(), 1)
    assert.lengthOf(await Task.query().where('kind', 'converge_server'), 1)
    const page = await client.get(`/imports/${failed.id}`).loginAs(admin)
    page.assertTextIncludes('実行しませんでした')
    page.assertTextIncludes('ほかの人がこのドメインのユーザや設定を変更しました')
    const lines = await OperationLog.query().where('action', 'import.store')
    assert.sameMembers(
      lines.map(({ succeeded }) => succeeded),
      [true, false]
    )
  })

  test('USR-06: two files of one domain that do not meet are both carried out', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, mailbox } = tenant
    const one = await checked(client, admin, tenant, 'additions', users(3))
    const other = await checked(client, admin, tenant, 'forwards', forwardTo(mailbox, 'a@x.jp'))
    await Promise.all([confirm(client, admin, one), confirm(client, admin, other)])
    await workerFor([RunImport]).runUntilIdle()
    assert.deepEqual(
      [await one.refresh(), await other.refresh()].map(({ state }) => state),
      ['done', 'done']
    )
    assert.lengthOf(await Task.query().where('kind', 'converge_server'), 2)
  })

  test('USR-01: a user who got there first stops the file; nobody of it is added', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain, server } = tenant
    const found = await checked(client, admin, tenant, 'additions', users(20))
    await makeMailbox(domain, server, 'user19')
    await confirm(client, admin, found)
    await Import.run(found.id)
    assert.equal(reason(await found.refresh()), 'messages.refusals.import_was_overtaken')
    assert.isNull(await Mailbox.findBy('local_part', 'user0'))
    assert.isNull(found.hashes)
  })

  test('MAIL-06: a list and a user never get the same name', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { admin, domain } = tenant
    const wish = { localPart: 'user1' }
    const found = await checked(client, admin, tenant, 'additions', users(2))
    await db.transaction((trx) => MailingList.addRows(domain, wish, trx))
    const again = await checked(client, admin, tenant, 'additions', users(2))
    assert.deepEqual(mistakesOf(again), ['3 ユーザID messages.refusals.local_part_is_a_list'])
    await confirm(client, admin, found)
    await Import.run(found.id)
    assert.equal(reason(await found.refresh()), 'messages.refusals.import_became_wrong')
    const forward = csv('forwards', ['admin', '残す', `user1@${domain.name}`])
    const toList = await checked(client, admin, tenant, 'forwards', forward)
    assert.deepEqual(mistakesOf(toList), [
      '2 転送先メールアドレス messages.refusals.forwards_to_a_list',
    ])
  })

  test('USR-06: killed before any statement of the run, nothing or everything of it is there', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain } = tenant
    const found = await checked(client, admin, tenant, 'additions', users(450))
    await confirm(client, admin, found)
    const script = app.makePath('tests/support/import_to_kill.ts')
    const attempt = (deadly: number) =>
      run(process.execPath, ['--import', '@poppinss/ts-exec', script, `${found.id}`, `${deadly}`], {
        cwd: app.makePath(),
        env: { ...process.env, NODE_ENV: 'test' },
      })
    for (const deadly of [5, 13, 19, 25]) {
      await assert.rejects(() => attempt(deadly))
      const [{ total }] = await db
        .from('mailboxes')
        .where('domain_id', domain.id)
        .count('* as total')
      assert.equal(Number(total), 2, `before statement ${deadly}`)
      await found.refresh()
      assert.equal(found.state, 'confirmed')
      assert.isEmpty(await OperationLog.query().where('action', 'mailbox.store'))
      assert.isEmpty(await Task.query().where('kind', 'converge_server'))
    }
    const { stdout } = await attempt(0)
    assert.isAbove(Number(stdout), 25)
    const [{ total }] = await db.from('mailboxes').where('domain_id', domain.id).count('* as total')
    assert.equal(Number(total), 452)
    await Import.run(found.id)
    assert.lengthOf(await Task.query().where('kind', 'converge_server'), 1)
    assert.isNotNull(await Account.authenticate(`user449@${domain.name}`, secret))
  }).timeout(180_000)

  test('USR-06: confirmed while passwords are hashed, it goes on without a browser and is found again', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain } = tenant
    await upload(client, admin, domain, 'additions', users(40))
    const found = await latestImport(domain)
    await confirm(client, admin, found)
    await hashingIsOver()
    await workerFor([RunImport]).runUntilIdle()
    const list = await client.get(`/domains/${domain.id}/imports`).loginAs(admin)
    list.assertTextIncludes('users.csv')
    list.assertTextIncludes('完了')
    await found.refresh()
    assert.equal(found.added, 40)
    assert.isNotNull(await Mailbox.findBy('local_part', 'user39'))
  })

  test('USR-06: a process that ended with the passwords changes nothing, and says so', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain } = tenant
    const row = { domainId: domain.id, sheet: 'additions', fileName: 'a.csv', uploadedBy: 'x' }
    const hashingSeenAt = DateTime.utc().minus({ minutes: 1 })
    const waiting = { added: 1, passwords: 1, hashingSeenAt }
    const lost = await Import.create({ ...row, ...waiting, state: 'checked' })
    const answer = await confirm(client, admin, lost)
    assert.include(JSON.stringify(answer.flashMessages()), '途中で止まった')
    const begun = await Import.create({ ...row, ...waiting, state: 'confirmed' })
    const page = await client.get(`/imports/${begun.id}`).loginAs(admin)
    page.assertTextIncludes('中断しました')
    assert.include(await progressOfImport(begun.id), { state: 'failed', finished: true })
  })

  test('USR-06: eight clicks carry it out once; what is older than a day is not carried out', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, mailbox } = tenant
    const found = await checked(client, admin, tenant, 'forwards', forwardTo(mailbox, 'a@x.jp'))
    await Promise.all(Array.from({ length: 8 }, () => confirm(client, admin, found)))
    assert.lengthOf(await Task.query().where('kind', 'run_import'), 1)
    const old = await checked(client, admin, tenant, 'forwards', forwardTo(mailbox, 'b@x.jp'))
    await old.merge({ createdAt: DateTime.utc().minus({ hours: 25 }) }).save()
    const answer = await confirm(client, admin, old)
    assert.include(JSON.stringify(answer.flashMessages()), '24時間を過ぎた')
  })

  test('USR-06: its progress is told until the server has it', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { admin, domain, mailbox } = tenant
    const text = forwardTo(mailbox, 'a@x.jp')
    const found = await carriedOut(client, admin, domain, 'forwards', text)
    assert.equal(
      (await progressOfImport(found.id))!.message,
      '登録しました。サーバに反映しています。'
    )
    await Task.query().where('id', Number(found.applyId)).update({ state: 'done', progress: 100 })
    const told = []
    for await (const progress of watchImport(found.id, new AbortController().signal)) {
      told.push(progress.state)
    }
    assert.deepEqual(told, ['done'])
  })

  test('USR-08: what the contractor restricts is wrong in a file of the domain admin, then and at the run', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, contractor, domain, mailbox } = tenant
    const before = await checked(client, admin, tenant, 'forwards', forwardTo(mailbox, 'a@x.jp'))
    await restrict(tenant, 'forwarding')
    await restrict(tenant, 'password')
    await confirm(client, admin, before)
    await Import.run(before.id)
    assert.equal(reason(await before.refresh()), 'messages.refusals.import_became_wrong')
    assert.isEmpty(await MailboxForward.all())
    const again = await checked(client, admin, tenant, 'forwards', forwardTo(mailbox, 'a@x.jp'))
    assert.deepEqual(mistakesOf(again), ['2 転送先メールアドレス messages.refusals.restricted'])
    const page = await client.get(`/imports/${again.id}`).loginAs(admin)
    page.assertTextIncludes('契約者が制限しています')
    const basic = csv('basic_settings', [mailbox.localPart, secret, '', '10', 'ON', 'ON', 'OFF'])
    const passwords = await checked(client, admin, tenant, 'basic_settings', basic)
    assert.deepEqual(mistakesOf(passwords), ['2 パスワード messages.refusals.restricted'])
    const file = await client.get(`/domains/${domain.id}/sheets/forwards`).loginAs(admin)
    const same = await checked(client, admin, tenant, 'forwards', file.text())
    assert.deepEqual([same.state, same.changes], ['checked', 0])
    const byContractor = await carriedOut(
      client,
      contractor,
      domain,
      'forwards',
      forwardTo(mailbox, 'a@x.jp')
    )
    assert.equal(byContractor.state, 'done')
  })
})

function restrict({ domain, contractor }: Tenant, feature: 'forwarding' | 'password') {
  return Restriction.impose(domain, feature, { exempt: [] }, { by: contractor, ip: null })
}
