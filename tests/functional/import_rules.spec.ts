import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { makeMailbox, makeTenant, type Tenant } from '#database/factories/tenant'
import Account from '#models/account'
import Import from '#models/import'
import { hashingIsOver } from '#models/import/hashing'
import MailSender from '#models/mail_sender'
import MailboxForward from '#models/mailbox_forward'
import MailingList from '#models/mailing_list'
import MailingListModerator from '#models/mailing_list_moderator'
import OperationLog from '#models/operation_log'
import type { SheetName } from '#models/sheet/sheet'
import {
  carriedOut,
  confirm,
  csv,
  latestImport,
  mistakesOf,
  upload,
} from '#tests/support/csv_files'

const secret = 'k7-Meguro-Asagao'

const actorOf = ({ contractor }: Tenant) => ({ by: contractor, ip: null })

test.group('CSV: rules of cells, and what is left of a file', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.teardown(() => hashingIsOver())

  async function actionsFor({ domain }: Tenant, localPart: string) {
    const target = `${localPart}@${domain.unicodeName}`
    const lines = await OperationLog.query().where('target', target).orderBy('id')
    return lines.map(({ action }) => action)
  }

  test('USR-03: the check is turned off by a file, with a line of the log for what changed and no other', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain, mailbox } = tenant
    const { localPart } = mailbox
    const off = csv('spam_checks', [localPart, 'OFF', '普通', '件名付加', ''])
    await carriedOut(client, admin, domain, 'spam_checks', off)
    await mailbox.refresh()
    assert.isFalse(Boolean(mailbox.spamCheck))
    assert.deepEqual(await actionsFor(tenant, localPart), ['spam_check.update'])
    const listed = csv('spam_checks', [localPart, 'OFF', '普通', '件名付加', 'a@x.jp'])
    await carriedOut(client, admin, domain, 'spam_checks', listed)
    const both = ['spam_check.update', 'allowed_senders.update']
    assert.deepEqual(await actionsFor(tenant, localPart), both)
  })

  test('USR-04, USR-05: forwards and reject lists have their lines of the log', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain, mailbox } = tenant
    const { localPart } = mailbox
    const forwards = csv('forwards', [localPart, '残す', 'a@x.jp'])
    await carriedOut(client, admin, domain, 'forwards', forwards)
    const rejected = csv('rejected_senders', [localPart, 'a@x.jp'])
    await carriedOut(client, admin, domain, 'rejected_senders', rejected)
    const both = ['forwards.update', 'rejected_senders.update']
    assert.deepEqual(await actionsFor(tenant, localPart), both)
  })

  test('USR-04: nobody forwards to himself or to a list by a file', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { admin, domain, server } = tenant
    await makeMailbox(domain, server, 'taro')
    await makeMailbox(domain, server, 'jiro')
    await MailingList.add(domain, { localPart: 'news' }, [], actorOf(tenant))
    const rows = [
      ['taro', '残す', `x@y.jp\nTARO@${domain.name}`],
      ['jiro', '残す', `news@${domain.name}`],
    ]
    await upload(client, admin, domain, 'forwards', csv('forwards', ...rows))
    assert.deepEqual(mistakesOf(await latestImport(domain)), [
      '2 転送先メールアドレス messages.addresses.problems.own',
      '3 転送先メールアドレス messages.refusals.forwards_to_a_list',
    ])
  })

  const lists: [SheetName, (user: string, list: string) => string[]][] = [
    ['spam_checks', (user, list) => [user, 'ON', '普通', '隔離', list]],
    ['forwards', (user, list) => [user, '残す', list]],
    ['rejected_senders', (user, list) => [user, list]],
  ]
  for (const [sheet, rowOf] of lists) {
    test(`MAIL-05, MAIL-07, MAIL-08: 100 addresses of one user are taken by ${sheet} and 101 refused`, async ({
      assert,
      client,
    }) => {
      const { admin, domain, mailbox } = await makeTenant()
      const addresses = Array.from({ length: 101 }, (_, index) => `a${index}@example.jp`)
      for (const count of [100, 101]) {
        const row = rowOf(mailbox.localPart, addresses.slice(0, count).join('\n'))
        await upload(client, admin, domain, sheet, csv(sheet, row))
        const found = await latestImport(domain)
        assert.equal(found.state, count === 100 ? 'checked' : 'refused')
      }
    })
  }

  test('USR-02, PNL-05: the admin keeps his FTP right, and a size is within the domain’s', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server } = await makeTenant()
    for (const name of ['a1', 'a2', 'a3', 'a4']) await makeMailbox(domain, server, name)
    const rest = ['OFF', 'ON', 'OFF']
    const rows = [
      ['admin', '', '', '1024', 'OFF', 'ON', 'OFF'],
      ['a1', '', '', '0', ...rest],
      ['a2', '', '', String(domain.quotaMb + 1), ...rest],
      ['a3', '', '改\u0007行', String(domain.quotaMb), ...rest],
      ['a4', '', '長'.repeat(101), '1', ...rest],
    ]
    await upload(client, admin, domain, 'basic_settings', csv('basic_settings', ...rows))
    assert.deepEqual(mistakesOf(await latestImport(domain)), [
      '2 FTP権限 messages.refusals.admin_keeps_ftp_right',
      '3 ディスク容量制限(MB) messages.problems.size',
      '4 ディスク容量制限(MB) messages.problems.size',
      '5 説明 messages.problems.control_characters',
      '6 説明 too_long',
    ])
  })

  test('USR-01: a password that is the ID or the address is refused', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const name = 'yamada-hanako-eigyou'
    const rows = [
      [name, name, '', ''],
      [`${name}2`, `${name}2@${domain.name}`, '', ''],
    ]
    await upload(client, admin, domain, 'additions', csv('additions', ...rows))
    const found = await latestImport(domain)
    assert.deepEqual(
      found.problems.map(({ row, column }) => `${row} ${column}`),
      ['2 パスワード', '3 パスワード']
    )
  })

  test('USR-01: a password that looks like a formula is taken as it stands', async ({
    assert,
    client,
  }) => {
    const { admin, domain } = await makeTenant()
    const password = "'=Meguro-Asagao-7"
    const text = csv('additions', ['sato', password, '', ''])
    await carriedOut(client, admin, domain, 'additions', text)
    assert.isNotNull(await Account.authenticate(`sato@${domain.name}`, password))
  })

  test('USR-01: a deletion has its line of the log', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { admin, domain, mailbox } = tenant
    const { localPart } = mailbox
    const text = csv('deletions', [localPart, '', '削除'])
    await carriedOut(client, admin, domain, 'deletions', text)
    assert.deepEqual(await actionsFor(tenant, localPart), ['mailbox.destroy'])
  })

  test('USR-02 … USR-05: a download says of each user what is so, column by column', async ({
    assert,
    client,
  }) => {
    const { admin, domain, server } = await makeTenant()
    const states = {
      u1: { ftpRight: true, virusWarning: false, userScript: false, spamCheck: false },
      u2: { ftpRight: false, virusWarning: true, userScript: false, forwardKeeps: false },
      u3: { ftpRight: false, virusWarning: false, userScript: true, quotaMb: 77 },
    }
    for (const [name, state] of Object.entries(states)) {
      const { mailbox } = await makeMailbox(domain, server, name)
      await mailbox.merge({ quotaMb: 1024, ...state }).save()
      const owner = { domainId: domain.id, mailboxId: mailbox.id }
      await MailSender.create({ ...owner, list: 'allow', pattern: `friend.${name}.jp` })
      await MailSender.create({ ...owner, list: 'reject', pattern: `enemy.${name}.jp` })
      await MailboxForward.create({ mailboxId: mailbox.id, address: `to@${name}.jp` })
    }
    const rowsOf = async (sheet: SheetName) => {
      const file = await client.get(`/domains/${domain.id}/sheets/${sheet}`).loginAs(admin)
      return file.text().match(/^u\d,.*$/gm)
    }
    assert.deepEqual(await rowsOf('basic_settings'), [
      'u1,,,1024,ON,OFF,OFF',
      'u2,,,1024,OFF,ON,OFF',
      'u3,,,77,OFF,OFF,ON',
    ])
    assert.deepEqual(await rowsOf('spam_checks'), [
      'u1,OFF,普通,件名付加,friend.u1.jp',
      'u2,ON,普通,件名付加,friend.u2.jp',
      'u3,ON,普通,件名付加,friend.u3.jp',
    ])
    assert.deepEqual(await rowsOf('forwards'), [
      'u1,残す,to@u1.jp',
      'u2,残さない,to@u2.jp',
      'u3,残す,to@u3.jp',
    ])
    assert.deepEqual(await rowsOf('rejected_senders'), [
      'u1,enemy.u1.jp',
      'u2,enemy.u2.jp',
      'u3,enemy.u3.jp',
    ])
  })

  test('USR-07: every column of a list is written', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { admin, domain } = tenant
    const rest = ['件名', 'ON', 'OFF', '投稿者']
    const rows = ['news', 'talk'].map((name) => {
      return [name, '説明', 'モデレータだけ', 'すべて', 'b@x.jp\na@x.jp', ...rest]
    })
    await MailingList.add(domain, { localPart: 'news' }, [], actorOf(tenant))
    await carriedOut(client, admin, domain, 'mailing_lists', csv('mailing_lists', ...rows))
    for (const name of ['news', 'talk']) {
      const list = await MailingList.findByOrFail('local_part', name)
      const { description, posting, moderation, subjectPrefix, replyTo } = list
      const shown = { description, posting, moderation, subjectPrefix, replyTo }
      const wanted = { posting: 'moderators', moderation: 'all', replyTo: 'author' }
      assert.deepEqual(shown as object, { description: '説明', subjectPrefix: '件名', ...wanted })
      const switches = [list.autoSubscription, list.archive].map((each) => Boolean(each))
      assert.deepEqual(switches, [true, false])
      const moderators = await MailingListModerator.addressesOf(list.id)
      assert.sameMembers(moderators, ['a@x.jp', 'b@x.jp'])
    }
  })

  test('USR-07, MAIL-06: a list that is there is no moderator, and members of 201 lists are too many', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain } = tenant
    await MailingList.add(domain, { localPart: 'news' }, [], actorOf(tenant))
    const rest = ['', 'ON', 'ON', '投稿者']
    const row = ['talk', '', 'だれでも', 'しない', `news-owner@${domain.name}`, ...rest]
    await upload(client, admin, domain, 'mailing_lists', csv('mailing_lists', row))
    assert.deepEqual(mistakesOf(await latestImport(domain)), [
      '2 モデレータ messages.refusals.lists_are_no_members',
    ])
    const members = Array.from({ length: 201 }, (_, index) => [`list${index}`, 'a@x.jp', ''])
    const sheet = 'mailing_list_members'
    await upload(client, admin, domain, sheet, csv(sheet, ...members))
    assert.include(mistakesOf(await latestImport(domain)), '2 メーリングリスト名 too_many_lists')
  })

  test('USR-06: of one domain five files wait at most; the oldest makes room', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    const ids = []
    for (let number = 0; number < 6; number++) {
      const text = csv('forwards', [mailbox.localPart, '残す', `a${number}@x.jp`])
      await upload(client, admin, domain, 'forwards', text)
      const { id } = await latestImport(domain)
      ids.push(id)
    }
    const left = await Import.query().where('domain_id', domain.id).orderBy('id')
    assert.deepEqual(
      left.map(({ id }) => id),
      ids.slice(1)
    )
  })

  test('USR-06: of a file that was not carried out neither hashes nor settings are left', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain, mailbox } = tenant
    const row = [mailbox.localPart, secret, '営業', '100', 'ON', 'ON', 'OFF']
    await upload(client, admin, domain, 'basic_settings', csv('basic_settings', row))
    await hashingIsOver()
    const found = await latestImport(domain)
    await confirm(client, admin, found)
    await mailbox.merge({ description: '先に変えた人' }).save()
    await Import.run(found.id)
    await found.refresh()
    assert.equal(found.state, 'failed')
    assert.isNull(found.hashes)
    const rows = await db.from('import_rows').where('import_id', found.id)
    assert.deepEqual(
      rows.map(({ before, after }) => [before, after]),
      [[null, null]]
    )
  })

  test('USR-06: whoever confirmed is gone: nothing is done, and the page says so', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, contractor, domain, mailbox } = tenant
    const text = csv('rejected_senders', [mailbox.localPart, 'a@x.jp'])
    await upload(client, admin, domain, 'rejected_senders', text)
    const found = await latestImport(domain)
    await confirm(client, admin, found)
    await db.from('imports').where('id', found.id).update({ confirmed_by: 0 })
    await Import.run(found.id)
    await found.refresh()
    assert.equal(found.state, 'failed')
    assert.equal(found.reason?.key, 'person_is_gone')
    const owner = { domainId: domain.id, mailboxId: mailbox.id }
    assert.isEmpty(await MailSender.patternsOf(owner, 'reject'))
    const page = await client.get(`/imports/${found.id}`).loginAs(contractor)
    page.assertTextIncludes('実行しませんでした')
  })
})
