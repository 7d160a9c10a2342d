import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import MailingList from '#models/mailing_list'
import MailingListMember from '#models/mailing_list_member'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { carriedOut, csv, latestImport, mistakesOf, upload } from '#tests/support/csv_files'

const row = (name: string, ...more: readonly string[]) => [
  name,
  more[0] ?? '',
  more[1] ?? 'メンバーだけ',
  more[2] ?? 'しない',
  more[3] ?? '',
  more[4] ?? '',
  'OFF',
  'ON',
  'メーリングリスト',
]

async function makeList({ domain, contractor }: Tenant, localPart: string) {
  return MailingList.add(domain, { localPart }, ['first@x.jp'], { by: contractor, ip: null })
}

const named = (name: string) => MailingList.findByOrFail('local_part', name)

test.group('CSV: mailing lists', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('USR-07: lists are made and changed in one go', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { admin, domain } = tenant
    const old = await makeList(tenant, 'old')
    await Task.query().delete()
    const text = csv(
      'mailing_lists',
      row('old', '新しい説明', 'だれでも', 'すべて', 'boss@x.jp', '[old]'),
      row('Fresh', 'はじめまして')
    )
    const found = await carriedOut(client, admin, domain, 'mailing_lists', text)
    assert.deepEqual([found.state, found.added, found.changed], ['done', 1, 1])
    await old.refresh()
    assert.deepEqual(
      [old.description, old.posting, old.moderation, old.subjectPrefix],
      ['新しい説明', 'anyone', 'all', '[old]']
    )
    const fresh = await named('fresh')
    assert.equal(fresh.description, 'はじめまして')
    assert.deepEqual(await MailingListMember.addressesOf(old.id), ['first@x.jp'])
    assert.lengthOf(await Task.query().where('kind', 'converge_server'), 1)
  })

  test('USR-07, MAIL-06: names that are taken and lists as moderators are found before', async ({
    assert,
    client,
  }) => {
    const { admin, domain, mailbox } = await makeTenant()
    const text = csv(
      'mailing_lists',
      row(mailbox.localPart),
      row('news'),
      row('talk', '', 'メンバーだけ', 'しない', `news@${domain.name}`),
      row('news-owner'),
      row('news2', '', '社員だけ')
    )
    await upload(client, admin, domain, 'mailing_lists', text)
    assert.deepEqual(mistakesOf(await latestImport(domain)), [
      '2 メーリングリスト名 messages.refusals.list_name_is_a_user',
      '4 モデレータ messages.refusals.lists_are_no_members',
      '5 メーリングリスト名 messages.mailing_lists.problems.list_control',
      '6 投稿できる人 choice',
    ])
  })

  test('USR-07: 200 lists are taken and 201 refused', async ({ assert, client }) => {
    const { admin, domain } = await makeTenant()
    const rows = Array.from({ length: 201 }, (_, index) => row(`list${index}`))
    await upload(client, admin, domain, 'mailing_lists', csv('mailing_lists', ...rows))
    assert.deepEqual(mistakesOf(await latestImport(domain)), ['- - too_many_rows'])
    const text = csv('mailing_lists', ...rows.slice(1))
    const found = await carriedOut(client, admin, domain, 'mailing_lists', text)
    assert.equal(found.added, 200)
    const [{ total }] = await db.from('mailing_lists').count('* as total')
    assert.equal(Number(total), 200)
  })

  test('USR-07: members are added and removed by row, everybody else stays', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain } = tenant
    const news = await makeList(tenant, 'news')
    const talk = await makeList(tenant, 'talk')
    await OperationLog.query().delete()
    const text = csv(
      'mailing_list_members',
      ['news', 'Second@X.jp', ''],
      ['news', 'third@x.jp', ''],
      ['talk', 'first@x.jp', '削除'],
      ['news', 'first@x.jp', '']
    )
    const found = await carriedOut(client, admin, domain, 'mailing_list_members', text)
    assert.deepEqual([found.added, found.removed, found.same], [2, 1, 1])
    const members = await MailingListMember.addressesOf(news.id)
    assert.deepEqual(members, ['first@x.jp', 'second@x.jp', 'third@x.jp'])
    assert.isEmpty(await MailingListMember.addressesOf(talk.id))
    const lines = await OperationLog.query().whereNot('action', 'import.store').orderBy('id')
    assert.deepEqual(
      lines.map(({ action, target }) => `${action} ${target}`),
      [
        `mailing_list_members.store news@${domain.name}`,
        `mailing_list_members.destroy talk@${domain.name}`,
      ]
    )
    const wrong = csv(
      'mailing_list_members',
      ['nolist', 'a@x.jp', ''],
      ['news', `talk@${domain.name}`, ''],
      ['talk', 'stranger@x.jp', '削除'],
      ['news', 'a@x.jp', ''],
      ['news', 'A@x.jp', '']
    )
    await upload(client, admin, domain, 'mailing_list_members', wrong)
    assert.deepEqual(mistakesOf(await latestImport(domain)), [
      '2 メーリングリスト名 unknown_list',
      '3 メールアドレス messages.refusals.lists_are_no_members',
      '4 メーリングリスト名 no_member',
      '6 メーリングリスト名 duplicate',
    ])
  })

  test('USR-06, USR-07: what was downloaded of lists changes nothing when it is uploaded', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin, domain } = tenant
    const actor = { by: admin, ip: null }
    const list = await makeList(tenant, 'news')
    await list.edit({ description: '=1', subjectPrefix: '-[x]', moderators: ['a@b.jp'] }, actor)
    for (const name of ['mailing_lists', 'mailing_list_members'] as const) {
      const file = await client.get(`/domains/${domain.id}/sheets/${name}`).loginAs(admin)
      await upload(client, admin, domain, name, file.text())
      const found = await latestImport(domain)
      assert.deepEqual(mistakesOf(found), [])
      assert.deepEqual([found.changes, found.same], [0, 1], name)
    }
  })
})
