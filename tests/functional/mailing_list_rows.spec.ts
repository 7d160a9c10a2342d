import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeMailbox, makeTenant, type Tenant } from '#database/factories/tenant'
import Mailbox from '#models/mailbox'
import MailboxForward from '#models/mailbox_forward'
import MailingList from '#models/mailing_list'
import MailingListMember from '#models/mailing_list_member'
import MailingListModerator from '#models/mailing_list_moderator'
import OperationLog from '#models/operation_log'
import Task from '#models/task'

const actorOf = ({ admin }: Tenant) => ({ by: admin, ip: '192.0.2.9' })
const refusal = (key: string) => new RegExp(`^refused: ${key}$`)

test.group('Mailing lists in the database', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('MAIL-06: a list comes with members and moderators, one log line and one apply', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const wish = { localPart: 'news', moderators: ['sato@example.jp'] }
    const list = await MailingList.add(tenant.domain, wish, ['b@x.jp', 'a@x.jp'], actorOf(tenant))
    assert.deepEqual(await MailingListMember.addressesOf(list.id), ['a@x.jp', 'b@x.jp'])
    assert.deepEqual(await MailingListModerator.addressesOf(list.id), ['sato@example.jp'])
    assert.lengthOf(await OperationLog.query().where('action', 'mailing_list.store'), 1)
    assert.lengthOf(await Task.query().where('server_id', tenant.server.id), 1)
  })

  test('MAIL-06: lists and users never have the same name, whoever comes first', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const actor = actorOf(tenant)
    await makeMailbox(tenant.domain, tenant.server, 'taro')
    await assert.rejects(
      () => MailingList.add(tenant.domain, { localPart: 'taro' }, [], actor),
      refusal('list_name_is_a_user')
    )
    await MailingList.add(tenant.domain, { localPart: 'news' }, [], actor)
    await assert.rejects(
      () => MailingList.add(tenant.domain, { localPart: 'news' }, [], actor),
      refusal('list_name_is_taken')
    )
    await assert.rejects(
      () => Mailbox.add(tenant.domain, { localPart: 'news', passwordHash: 'x' }, actor),
      refusal('local_part_is_a_list')
    )
  })

  test('MAIL-06: neither a list of the same domain nor its control address is a member', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const actor = actorOf(tenant)
    const { domain } = tenant
    const news = await MailingList.add(
      domain,
      { localPart: 'news' },
      ['later@' + domain.name],
      actor
    )
    for (const address of ['news', 'news-ctl', 'news-owner'].map(
      (each) => `${each}@${domain.name}`
    )) {
      const other = { localPart: 'other' }
      await assert.rejects(
        () => MailingList.add(domain, other, [address], actor),
        refusal('lists_are_no_members')
      )
      await assert.rejects(() => news.addMembers([address], actor), refusal('lists_are_no_members'))
      await assert.rejects(
        () => news.edit({ moderators: [address] }, actor),
        refusal('lists_are_no_members')
      )
    }
    await assert.rejects(
      () => MailingList.add(domain, { localPart: 'later' }, [], actor),
      refusal('list_is_a_member')
    )
    assert.lengthOf(await MailingList.query().where('domain_id', domain.id), 1)
  })

  test('MAIL-07: nobody forwards to a list, and a list takes no address that somebody forwards to', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const actor = actorOf(tenant)
    const { domain, mailbox } = tenant
    await MailingList.add(domain, { localPart: 'news' }, [], actor)
    for (const name of ['news', 'news-ctl', 'news-request']) {
      await assert.rejects(
        () => mailbox.setForwarding({ to: [`${name}@${domain.name}`], keep: true }, actor),
        refusal('forwards_to_a_list')
      )
    }
    await mailbox.setForwarding({ to: [`later@${domain.name}`], keep: true }, actor)
    await assert.rejects(
      () => MailingList.add(domain, { localPart: 'later' }, [], actor),
      refusal('list_is_forwarded_to')
    )
  })

  test('REL-04: whether another customer forwards to a name is told to nobody who makes a list', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const { mailbox: foreign } = await makeTenant()
    const { domain } = tenant
    const address = `news@${domain.name}`
    await MailboxForward.create({ mailboxId: foreign.id, address })
    const list = await MailingList.add(domain, { localPart: 'news' }, [], actorOf(tenant))
    assert.equal(list.localPart, 'news')
  })

  test('MAIL-06: an edit that changes nothing asks for no apply', async ({ assert }) => {
    const tenant = await makeTenant()
    const actor = actorOf(tenant)
    const list = await MailingList.add(tenant.domain, { localPart: 'news' }, ['a@x.jp'], actor)
    const count = async () => {
      const tasks = await Task.query().where('server_id', tenant.server.id)
      return tasks.length
    }
    const before = await count()
    assert.isFalse(await list.edit({ posting: 'members', moderators: [] }, actor))
    assert.equal(await list.addMembers(['a@x.jp'], actor), 0)
    assert.isFalse(await list.replaceMembers(['a@x.jp'], actor))
    assert.equal(await list.removeMembers(['b@x.jp'], actor), 0)
    assert.equal(await count(), before)
    assert.isTrue(await list.edit({ posting: 'anyone' }, actor))
    assert.equal(await count(), before + 1)
  })

  test('MAIL-06: what mail changed on the server is taken over once, in its order', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const { id } = await MailingList.add(
      tenant.domain,
      { localPart: 'news' },
      ['a@x.jp', 'b@x.jp'],
      actorOf(tenant)
    )
    const list = await MailingList.findOrFail(id)
    const changes = [
      { action: 'join', address: 'c@x.jp' },
      { action: 'leave', address: 'a@x.jp' },
      { action: 'join', address: 'd@x.jp' },
      { action: 'leave', address: 'd@x.jp' },
    ] as const
    const at = { epoch: 'e1', after: 0, seen: 4 }
    assert.isTrue(await list.takeOver(changes, at))
    assert.isFalse(await list.takeOver(changes, at))
    assert.deepEqual(await MailingListMember.addressesOf(id), ['b@x.jp', 'c@x.jp'])
    const joined = await MailingListMember.findByOrFail({ mailingListId: id, address: 'c@x.jp' })
    assert.equal(joined.source, 'mail')
    // A server that began anew counts from the start
    assert.isTrue(await list.takeOver([], { epoch: 'e2', after: 0, seen: 0 }))
  })

  test('MAIL-06: a deleted list leaves nothing, and so does a deleted domain', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const actor = actorOf(tenant)
    const wish = { moderators: ['m@x.jp'] }
    const one = await MailingList.add(
      tenant.domain,
      { ...wish, localPart: 'one' },
      ['a@x.jp'],
      actor
    )
    const two = await MailingList.add(
      tenant.domain,
      { ...wish, localPart: 'two' },
      ['a@x.jp'],
      actor
    )
    await one.remove(actor)
    assert.lengthOf(await MailingListMember.query().where('mailing_list_id', one.id), 0)
    assert.lengthOf(await MailingListModerator.query().where('mailing_list_id', one.id), 0)
    await tenant.domain.remove({ by: tenant.contractor, ip: null })
    for (const model of [MailingListMember, MailingListModerator]) {
      assert.lengthOf(await model.query().where('mailing_list_id', two.id), 0)
    }
    assert.isNull(await MailingList.find(two.id))
  })

  test('MAIL-06: 10,000 members are replaced with what differs only', async ({ assert }) => {
    const tenant = await makeTenant()
    const many = Array.from({ length: 10_000 }, (_, index) => `m${index}@x.jp`)
    const list = await MailingList.add(tenant.domain, { localPart: 'big' }, many, actorOf(tenant))
    const first = await MailingListMember.findByOrFail('address', 'm1@x.jp')
    await list.replaceMembers([...many.slice(1), 'new@x.jp'], actorOf(tenant))
    const same = await MailingListMember.findByOrFail('address', 'm1@x.jp')
    assert.equal(same.id, first.id)
    assert.lengthOf(await MailingListMember.addressesOf(list.id), 10_000)
  })
})
