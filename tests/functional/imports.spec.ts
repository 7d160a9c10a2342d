import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { makeMailbox, makeTenant } from '#database/factories/tenant'
import Account from '#models/account'
import Import from '#models/import'
import { hashingIsOver } from '#models/import/hashing'
import Mailbox from '#models/mailbox'
import MailboxForward from '#models/mailbox_forward'
import MailSender from '#models/mail_sender'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import {
  attributesOf,
  carriedOut,
  confirm,
  cp932,
  csv,
  latestImport,
  mistakesOf,
  upload,
} from '#tests/support/csv_files'

const secret = 'k7-Meguro-Asagao'

const applies = () => Task.query().where('kind', 'converge_server')
const named = (localPart: string) => Mailbox.query().where('local_part', localPart).first()

async function forwardsOf({ id }: Mailbox) {
  return MailboxForward.addressesOf(id)
}

test.group('CSV: users', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('USR-01: users are shown before, then added with one apply and a line each, and sign in', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const text = csv(
      'additions',
      ['sato', secret, '佐藤 一郎', '500'],
      ['Suzuki', 'b3-Asakusa-Himawari', '', '']
    )
    const answer = await upload(client, admin, domain, 'additions', cp932(text))
    const found = await latestImport(domain)
    answer.assertHeader('location', `/imports/${found.id}`)
    const page = await client.get(`/imports/${found.id}`).loginAs(admin)
    page.assertTextIncludes('まだ何も変更していません')
    page.assertTextIncludes('佐藤 一郎')
    page.assertTextIncludes('2件を実行する')
    assert.notInclude(page.text(), secret)
    assert.isNull(await named('sato'))

    await confirm(client, admin, found)
    await hashingIsOver()
    await Import.run(found.id)
    const sato = await named('sato')
    assert.include(sato!.$attributes, {
      description: '佐藤 一郎',
      quotaMb: 500,
      domainId: domain.id,
    })
    const suzuki = await named('suzuki')
    assert.equal(suzuki!.quotaMb, domain.newMailboxQuotaMb)
    assert.isNotNull(await Account.authenticate(`sato@${domain.name}`, secret))
    assert.isNotNull(await Account.authenticate(`suzuki@${domain.name}`, 'b3-Asakusa-Himawari'))
    assert.lengthOf(await applies(), 1)
    const logs = await OperationLog.query().where('action', 'mailbox.store').orderBy('id')
    assert.deepEqual(
      logs.map(({ target }) => target),
      [`sato@${domain.unicodeName}`, `suzuki@${domain.unicodeName}`]
    )
    const result = await client.get(`/imports/${found.id}`).loginAs(admin)
    result.assertTextIncludes('2件を実行しました')
    result.assertTextIncludes('suzuki（追加）')
  })

  test('USR-06: passwords are nowhere but as hashes in accounts when the run is over', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const found = await carriedOut(
      client,
      admin,
      domain,
      'additions',
      csv('additions', ['sato', secret, '営業', '500'])
    )
    assert.equal(found.state, 'done')
    assert.isNull(found.hashes)
    const rows = await db.from('import_rows').where('import_id', found.id)
    assert.deepEqual(
      rows.map(({ key, before, after }) => [key, before, after]),
      [['sato', null, null]]
    )
    for (const table of [
      'imports',
      'import_rows',
      'tasks',
      'task_logs',
      'operation_logs',
      'accounts',
    ]) {
      assert.notInclude(JSON.stringify(await db.from(table)), secret, table)
    }
  })

  test('USR-01: who is there already is unchanged, or his row is wrong', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    await mailbox.merge({ description: '今の説明' }).save()
    const { localPart } = mailbox
    await upload(
      client,
      admin,
      domain,
      'additions',
      csv('additions', [localPart, '', '今の説明', ''], ['sato', secret, '', ''])
    )
    assert.include(attributesOf(await latestImport(domain)), {
      state: 'checked',
      added: 1,
      same: 1,
    })
    await hashingIsOver()
    for (const row of [
      [localPart, secret, '今の説明', ''],
      [localPart, '', '別の説明', ''],
      ['tanaka', '', '', ''],
      ['admin', secret, '', ''],
    ]) {
      await upload(client, admin, domain, 'additions', csv('additions', row))
      const { state } = await latestImport(domain)
      assert.equal(state, 'refused', row.join())
    }
  })

  test('USR-01: only users with the mark are deleted, and the admin never', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server, mailbox } = await makeTenant()
    const { mailbox: leaver } = await makeMailbox(domain, server, 'leaver')
    await MailboxForward.create({ mailboxId: leaver.id, address: 'x@elsewhere.jp' })
    await upload(client, admin, domain, 'deletions', csv('deletions', ['admin', '', '削除']))
    assert.deepEqual(mistakesOf(await latestImport(domain)), [
      '2 ユーザID messages.refusals.admin_mailbox_stays',
    ])
    const text = csv('deletions', ['leaver', '', '削除'], [mailbox.localPart, '', ''])
    await leaver.merge({ description: '退職 花子' }).save()
    await upload(client, admin, domain, 'deletions', text)
    const { id } = await latestImport(domain)
    const preview = await client.get(`/imports/${id}`).loginAs(admin)
    preview.assertTextIncludes('退職 花子')
    const found = await carriedOut(client, admin, domain, 'deletions', text)
    assert.include(found.$attributes, { state: 'done', removed: 1, same: 1 })
    assert.isNull(await Mailbox.find(leaver.id))
    assert.isNotNull(await Mailbox.find(mailbox.id))
    assert.isEmpty(await MailboxForward.all())
    assert.lengthOf(await applies(), 1)
  })

  test('USR-02: basic settings are overwritten, an empty password stays', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server } = await makeTenant()
    const { mailbox: one, account } = await makeMailbox(domain, server, 'one')
    const { mailbox: two } = await makeMailbox(domain, server, 'two')
    const before = account.password
    const found = await carriedOut(
      client,
      admin,
      domain,
      'basic_settings',
      csv(
        'basic_settings',
        ['one', '', '新しい説明', '2,048', 'ON', 'OFF', 'ＯＮ'],
        ['two', secret, '', '1024', 'off', 'on', 'off']
      )
    )
    assert.include(found.$attributes, { state: 'done', changed: 2 })
    await one.refresh()
    assert.include(one.$attributes, { description: '新しい説明', quotaMb: 2048, ftpRight: true })
    assert.include(one.$attributes, { virusWarning: false, userScript: true })
    assert.equal(attributesOf(await account.refresh()).password, before)
    assert.include(attributesOf(await two.refresh()), { ftpRight: false, virusWarning: true })
    assert.isNotNull(await Account.authenticate(`two@${domain.name}`, secret))
    const actions = await OperationLog.query().where('target', `one@${domain.name}`).orderBy('id')
    assert.deepEqual(
      actions.map(({ action }) => action),
      ['mailbox.update', 'ftp_right.update', 'virus_warning.update', 'user_script.update']
    )
  })

  test('USR-01: who forwards to those who are deleted is shown before', async ({ client }) => {
    const { admin, domain, mailbox, server } = await makeTenant()
    const { mailbox: other } = await makeMailbox(domain, server, 'hanako')
    const { localPart } = mailbox
    await MailboxForward.create({
      mailboxId: other.id,
      address: `${localPart}@${domain.name}`,
    })
    await upload(client, admin, domain, 'deletions', csv('deletions', [localPart, '', '削除']))
    const found = await latestImport(domain)
    const preview = await client.get(`/imports/${found.id}`).loginAs(admin)
    preview.assertTextIncludes('削除するユーザへの転送があります')
    preview.assertTextIncludes(`hanako@${domain.unicodeName}`)
  })

  test('PNL-02: on pages of files the menu says that they belong to the users', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    await upload(client, admin, domain, 'deletions', csv('deletions'))
    const { id } = await latestImport(domain)
    for (const path of [`/domains/${domain.id}/imports`, `/imports/${id}`]) {
      const page = await client.get(path).loginAs(admin)
      const marked = new RegExp(`href="/domains/${domain.id}/mailboxes"\\s+aria-current="true"`)
      assert.match(page.text(), marked, path)
    }
  })

  test('USR-06: of more changes than a page shows every one is on a page and in a file', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox, server } = await makeTenant()
    const long = Array.from({ length: 30 }, (_, index) => `x${index}.jp`).join('\n')
    const names = Array.from({ length: 25 }, (_, index) => `user${index}`)
    for (const name of names) await makeMailbox(domain, server, name)
    const rows = [mailbox.localPart, ...names].map((name) => [name, 'OFF', '普通', '隔離', long])
    await upload(client, admin, domain, 'spam_checks', csv('spam_checks', ...rows))
    const found = await latestImport(domain)
    const pages = []
    for (const page of [1, 2]) {
      const shown = await client.get(`/imports/${found.id}?page=${page}`).loginAs(admin)
      pages.push(shown.text())
    }
    assert.notInclude(pages[0], 'user24')
    assert.include(pages[1], 'user24')
    const file = await client.get(`/imports/${found.id}/changes`).loginAs(admin)
    file.assertHeader('content-type', 'text/csv; charset=utf-8')
    const text = file.text()
    assert.lengthOf(text.match(/^\d+,user\d+,変更,迷惑メールチェック,ON,OFF\r$/gm) ?? [], 25)
    assert.lengthOf(text.match(/^x29\.jp/gm) ?? [], 26)
  })

  test('USR-01: the file of changes has who is deleted with his description, and no password', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    await mailbox.merge({ description: '=退職 花子' }).save()
    await upload(
      client,
      admin,
      domain,
      'deletions',
      csv('deletions', [mailbox.localPart, '', '削除'])
    )
    const deletion = await latestImport(domain)
    const gone = await client.get(`/imports/${deletion.id}/changes`).loginAs(admin)
    assert.equal(gone.text().split('\r\n')[1], `2,${mailbox.localPart},削除,説明,'=退職 花子,`)
    const row = [mailbox.localPart, secret, '営業', '100', 'ON', 'ON', 'OFF']
    await upload(client, admin, domain, 'basic_settings', csv('basic_settings', row))
    await hashingIsOver()
    const { id } = await latestImport(domain)
    const file = await client.get(`/imports/${id}/changes`).loginAs(admin)
    const text = file.text()
    assert.include(text, 'パスワード,,新しいパスワードにします')
    assert.notInclude(text, secret)
  })

  test('USR-03: the check is overwritten and the whitelist replaced, as the preview says', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    const owner = { domainId: domain.id, mailboxId: mailbox.id }
    for (const pattern of ['old.example.jp', 'stays.example.jp']) {
      await MailSender.create({ ...owner, list: 'allow', pattern })
    }
    await MailSender.create({ ...owner, list: 'reject', pattern: 'enemy.example.jp' })
    const { localPart } = mailbox
    const row = [localPart, 'ON', '厳しい', '隔離', 'stays.example.jp\nnew@example.jp']
    const text = csv('spam_checks', row)
    await upload(client, admin, domain, 'spam_checks', text)
    const { id } = await latestImport(domain)
    const page = await client.get(`/imports/${id}`).loginAs(admin)
    page.assertTextIncludes('普通 →')
    page.assertTextIncludes('2件 → 2件に置き換え')
    page.assertTextIncludes('削除：old.example.jp')
    page.assertTextIncludes('追加：new@example.jp')
    page.assertTextIncludes('今の内容を削除して、表の内容に置き換えます')

    await carriedOut(client, admin, domain, 'spam_checks', text)
    assert.include(attributesOf(await mailbox.refresh()), {
      spamLevel: 'strict',
      spamAction: 'quarantine',
    })
    const allowed = await MailSender.patternsOf(owner, 'allow')
    assert.deepEqual(allowed, ['new@example.jp', 'stays.example.jp'])
    assert.deepEqual(await MailSender.patternsOf(owner, 'reject'), ['enemy.example.jp'])
  })

  test('USR-04, MAIL-07: keeping is overwritten, addresses are replaced; loops are found in the file', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server, mailbox } = await makeTenant()
    await MailboxForward.create({ mailboxId: mailbox.id, address: 'old@elsewhere.jp' })
    const { mailbox: other } = await makeMailbox(domain, server, 'other')
    const [a, b] = [mailbox.localPart, 'other'].map((name) => `${name}@${domain.name}`)
    const loop = csv('forwards', [mailbox.localPart, '残す', b], ['other', '残す', `x@y.jp\n${a}`])
    await upload(client, admin, domain, 'forwards', loop)
    const refused = await latestImport(domain)
    assert.deepEqual(mistakesOf(refused), [
      '2 転送先メールアドレス messages.refusals.forward_loops',
      '3 転送先メールアドレス messages.refusals.forward_loops',
    ])
    assert.equal(refused.problems[0].data!.path, `${a} → ${b} → ${a}`)

    const text = csv('forwards', [mailbox.localPart, '残さない', 'new@elsewhere.jp'])
    await carriedOut(client, admin, domain, 'forwards', text)
    assert.deepEqual(await forwardsOf(mailbox), ['new@elsewhere.jp'])
    assert.isFalse(attributesOf(await mailbox.refresh()).forwardKeeps)
    assert.isEmpty(await forwardsOf(other))
    const none = csv('forwards', [mailbox.localPart, '残す', ''])
    await carriedOut(client, admin, domain, 'forwards', none)
    assert.isEmpty(await forwardsOf(mailbox))
  })

  test("USR-04, MAIL-07: a server's own address is no target in a file either", async ({
    assert,
    client,
  }) => {
    const { admin, domain, server, mailbox } = await makeTenant()
    const text = csv('forwards', [mailbox.localPart, '残す', `x@y.jp\nd1@${server.hostname}`])
    await upload(client, admin, domain, 'forwards', text)
    const refused = await latestImport(domain)
    assert.deepEqual(mistakesOf(refused), [
      '2 転送先メールアドレス messages.refusals.forwards_to_a_server',
    ])
  })

  test('MAIL-07: a loop over users that are not in the file is found, too', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server } = await makeTenant()
    const addressOf = (name: string) => `${name}@${domain.name}`
    await makeMailbox(domain, server, 'first')
    const { mailbox: second } = await makeMailbox(domain, server, 'second')
    await MailboxForward.create({ mailboxId: second.id, address: addressOf('postmaster') })
    const adminMailbox = await Mailbox.findOrFail(admin.mailboxId)
    await MailboxForward.create({ mailboxId: adminMailbox.id, address: addressOf('first') })
    const text = csv('forwards', ['first', '残す', addressOf('second')])
    await upload(client, admin, domain, 'forwards', text)
    assert.lengthOf(mistakesOf(await latestImport(domain)), 1)
  })

  test('USR-05: the reject list is replaced', async ({ assert, client }) => {
    const { admin, domain, mailbox } = await makeTenant()
    const owner = { domainId: domain.id, mailboxId: mailbox.id }
    await MailSender.create({ ...owner, list: 'reject', pattern: 'old.example.jp' })
    await MailSender.create({ ...owner, list: 'allow', pattern: 'friend.example.jp' })
    const text = csv('rejected_senders', [mailbox.localPart, 'new.example.jp;x@y.jp'])
    const found = await carriedOut(client, admin, domain, 'rejected_senders', text)
    assert.equal(found.changed, 1)
    assert.deepEqual(await MailSender.patternsOf(owner, 'reject'), ['new.example.jp', 'x@y.jp'])
    assert.deepEqual(await MailSender.patternsOf(owner, 'allow'), ['friend.example.jp'])
  })
})
