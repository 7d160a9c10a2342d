import mail from '@adonisjs/mail/services/main'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { DateTime } from 'luxon'
import { announcementText, makeAnnouncement } from '#database/factories/announcement'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import MailAnnouncement from '#jobs/mail_announcement'
import type Account from '#models/account'
import Announcement from '#models/announcement'
import { mailCounts } from '#models/announcement/mailing'
import ComputeNode from '#models/compute_node'
import ContractProfile from '#models/contract_profile'
import type Staff from '#models/staff'
import StaffLog from '#models/staff_log'
import Task from '#models/task'
import { queriesOf } from '#tests/support/counted_queries'

const form = {
  announcement_kind: 'maintenance',
  announcement_subject: '機器交換',
  announcement_body: '止まります。\n<b>よろしく</b>',
  announcement_audience: 'everybody',
  announcement_mail: 'on',
  work_from: '2026-12-01T02:00',
  work_until: '２０２６／１２／０１　０５：００',
}
const byStaff = (client: ApiClient, path: string, typed: object, staff: Staff) =>
  client.post(path).form(typed).withGuard('staff').loginAs(staff).withCsrfToken().redirects(0)
const errorsOf = (answer: ApiResponse) => answer.flashMessage('inputErrorsBag') as any
const sees = async (client: ApiClient, account: Account, { subject }: Announcement) => {
  const page = await client.get('/announcements').loginAs(account)
  return page.text().includes(subject)
}
const run = (announcement: Announcement, signal = new AbortController().signal) => {
  const payload = { announcementId: announcement.id }
  return new MailAnnouncement().handle({ payload, signal, log: async () => {} })
}

test.group('Announcements', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPS-07: staff write a draft, look at it and publish it; then it does not change any more', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { contract, contractor, server } = await makeTenant()
    const targets = `${contract.code}\n${server.name}`
    const made = await byStaff(client, '/staff/announcements', { ...form, targets }, staff)
    const draft = await Announcement.firstOrFail()
    const url = `/staff/announcements/${draft.id}`
    assert.equal(made.header('location'), url)
    assert.equal(draft.workUntil?.toUTC().toISO(), '2026-11-30T20:00:00.000Z')
    assert.isFalse(await sees(client, contractor, draft))
    const page = await client.get(url).withGuard('staff').loginAs(staff)
    page.assertTextIncludes('契約 1 件')
    page.assertTextIncludes('2026/12/01 02:00〜05:00')
    const saved = await byStaff(
      client,
      `${url}?_method=PUT`,
      { ...form, announcement_subject: '日程の変更', targets: '' },
      staff
    )
    assert.equal(saved.header('location'), url)

    await byStaff(client, `${url}/publication`, {}, staff)
    await draft.refresh()
    assert.equal(draft.scope, 'all')
    const shown = await client.get(`/announcements/${draft.id}`).loginAs(contractor)
    shown.assertTextIncludes('日程の変更')
    shown.assertTextIncludes('&lt;b&gt;よろしく')
    const line = await StaffLog.query().orderBy('seq', 'desc').firstOrFail()
    assert.include(line.serialize(), { action: 'announcement.store', staffId: staff.id })
    for (const [path, typed] of [
      [`${url}?_method=PUT`, form],
      [`${url}?_method=DELETE`, {}],
      [`${url}/publication`, {}],
    ] as const) {
      const refused = await byStaff(client, path, typed, staff)
      assert.include(errorsOf(refused).form[0], '公開したお知らせは変更できません', path)
    }
    const once = await Task.query().where('kind', 'mail_announcement')
    assert.lengthOf(once, 1)

    await byStaff(client, `${url}/publication?_method=DELETE`, {}, staff)
    const gone = await client.get(`/announcements/${draft.id}`).loginAs(contractor)
    assert.equal(gone.status(), 404)
    const again = await byStaff(client, `${url}/publication?_method=DELETE`, {}, staff)
    assert.include(errorsOf(again).form[0], '掲載されていません')
  })

  test('OPS-07: what cannot be is said at its field', async ({ assert, client }) => {
    const staff = await makeStaff()
    const wrong = await byStaff(
      client,
      '/staff/announcements',
      {
        ...form,
        announcement_kind: 'party',
        announcement_subject: ' ',
        work_until: '2026-12-01 01:00',
        shown_from: 'tomorrow',
      },
      staff
    )
    const errors = errorsOf(wrong)
    for (const field of ['announcement_kind', 'announcement_subject', 'work_until', 'shown_from'])
      assert.property(errors, field)
    const unknown = { ...form, targets: 'c999999 msv999999' }
    const nobody = await byStaff(client, '/staff/announcements', unknown, staff)
    assert.include(errorsOf(nobody).targets[0], 'c999999、msv999999')
    const many = { ...form, targets: Array.from({ length: 201 }, (_, i) => `c${i}`).join(' ') }
    const tooMany = await byStaff(client, '/staff/announcements', many, staff)
    assert.include(errorsOf(tooMany).targets[0], '200件')
    assert.isNull(await Announcement.first())
  })

  test('OPS-07: only the customers of a chosen contract, server or compute node see it', async ({
    assert,
    client,
  }) => {
    const mine = await makeTenant()
    const other = await makeTenant()
    const node = await ComputeNode.findOrFail(mine.server.computeNodeId)
    for (const targets of [mine.contract.code, mine.server.name, node.name]) {
      const announcement = await makeAnnouncement(null, { targets, subject: `宛先 ${targets}` })
      for (const role of ['contractor', 'admin', 'user'] as const) {
        assert.isTrue(await sees(client, mine[role], announcement), `${role} ${targets}`)
        assert.isFalse(await sees(client, other[role], announcement), `${role} ${targets}`)
      }
      const foreign = await client
        .get(`/announcements/${announcement.id}`)
        .loginAs(other.contractor)
      assert.equal(foreign.status(), 404)
    }
    const last = await Announcement.query().orderBy('id', 'desc').firstOrFail()
    const page = await client.get(`/announcements/${last.id}`).loginAs(mine.contractor)
    page.assertTextIncludes(mine.server.name)
  })

  test('OPS-07: what is for contractors alone is not shown to others, and each begins with what concerns him', async ({
    assert,
    client,
  }) => {
    const { admin, contractor, user } = await makeTenant()
    const theirs = await makeAnnouncement(null, { audience: 'contractors', subject: '料金改定' })
    const everybodys = await makeAnnouncement(null, { subject: '全員へ' })
    for (const [account, reads] of [
      [contractor, true],
      [admin, false],
      [user, false],
    ] as const) {
      const home = await client.get('/').loginAs(account)
      home.assertTextIncludes('全員へ')
      assert.equal(home.text().includes('料金改定'), reads, account.role)
      assert.equal(await sees(client, account, theirs), reads)
      assert.isTrue(await sees(client, account, everybodys))
    }
  })

  test('OPS-07: who only helps customers reads announcements and writes none', async ({
    assert,
    client,
  }) => {
    const support = await makeStaff()
    await support.merge({ role: 'support' }).save()
    const refused = await byStaff(client, '/staff/announcements', form, support)
    assert.equal(refused.status(), 403)
    const announcement = await makeAnnouncement(null)
    const url = `/staff/announcements/${announcement.id}`
    const stays = await byStaff(client, `${url}/publication?_method=DELETE`, {}, support)
    assert.equal(stays.status(), 403)
    const page = await client.get(url).withGuard('staff').loginAs(support)
    page.assertStatus(200)
  })

  test('OPS-07: it is shown from its hour to its hour', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    const now = DateTime.utc()
    const announcement = await makeAnnouncement(null, {
      shownFrom: now.plus({ hours: 1 }),
      shownUntil: now.plus({ hours: 2 }),
    })
    assert.equal(announcement.state, 'waiting')
    assert.isFalse(await sees(client, contractor, announcement))
    await announcement.merge({ shownFrom: now.minus({ hours: 1 }) }).save()
    assert.equal(announcement.state, 'shown')
    assert.isTrue(await sees(client, contractor, announcement))
    await announcement.merge({ shownUntil: now.minus({ seconds: 1 }) }).save()
    assert.equal(announcement.state, 'over')
    assert.isFalse(await sees(client, contractor, announcement))
  })

  test('OPS-07: each person is mailed once, whatever his contracts are and however often the task begins anew', async ({
    assert,
    cleanup,
  }) => {
    const { messages } = mail.fake()
    cleanup(() => mail.restore())
    const [first, second, third] = [await makeTenant(), await makeTenant(), await makeTenant()]
    await first.contract.merge({ noticeAddress: 'Boss@example.jp' }).save()
    await second.contract.merge({ noticeAddress: 'boss@example.jp' }).save()
    await third.contract.merge({ noticeAddress: null }).save()
    await ContractProfile.create({
      ...{ contractId: second.contract.id, paymentMethod: 'bank_transfer' as const },
      technicalMail: 'tech@example.jp',
    })
    const workFrom = DateTime.fromISO('2026-12-01T02:00+09:00')
    const announcement = await makeAnnouncement(null, { isMailed: true, workFrom })
    const stopped = new AbortController()
    stopped.abort()
    await run(announcement, stopped.signal)
    assert.lengthOf(messages.sent(), 0)
    await run(announcement)
    await run(announcement)
    const sent = messages.sent().map(({ nodeMailerMessage }) => nodeMailerMessage as any)
    assert.sameMembers(
      sent.map(({ to }) => to[0].address ?? to[0]),
      ['boss@example.jp', 'tech@example.jp']
    )
    assert.include(sent[0].subject, '[メンテナンス]')
    assert.include(sent[0].text, '2026年12月1日 02:00')
    assert.deepEqual(await mailCounts(announcement.id), { total: 2, sent: 2, failed: 0 })
  })

  test('OPS-07: an address that takes no mail holds up nobody, and is given up after five tries', async ({
    assert,
    cleanup,
  }) => {
    const { contract } = await makeTenant()
    const other = await makeTenant()
    await contract.merge({ noticeAddress: 'bad@example.jp' }).save()
    await other.contract.merge({ noticeAddress: 'good@example.jp' }).save()
    const announcement = await makeAnnouncement(null, { isMailed: true })
    const send = mail.send
    cleanup(() => void (mail.send = send))
    const reached: string[] = []
    mail.send = (async (write: any) => {
      const to: string[] = []
      const message = { to: (each: string) => (to.push(each), message) } as any
      for (const name of ['subject', 'text']) message[name] = () => message
      write(message)
      if (to[0].startsWith('bad')) throw new Error('550 no such user')
      reached.push(to[0])
    }) as any
    for (let tries = 0; tries < 5; tries++) await assert.rejects(() => run(announcement), /550/)
    await run(announcement)
    assert.deepEqual(reached, ['good@example.jp'])
    assert.deepEqual(await mailCounts(announcement.id), { total: 2, sent: 1, failed: 1 })
  })

  test('OPS-07: a withdrawn one is mailed to nobody more, one that is not mailed has no task', async ({
    assert,
    cleanup,
  }) => {
    const { messages } = mail.fake()
    cleanup(() => mail.restore())
    const { contract } = await makeTenant()
    await contract.merge({ noticeAddress: 'boss@example.jp' }).save()
    await makeAnnouncement(null)
    assert.isNull(await Task.findBy({ kind: 'mail_announcement' }))
    const announcement = await makeAnnouncement(null, { isMailed: true })
    await announcement.withdraw({ staff: null })
    await run(announcement)
    assert.lengthOf(messages.sent(), 0)
  })

  test('OPS-07: only the customers of a chosen node are mailed', async ({ assert, cleanup }) => {
    const { messages } = mail.fake()
    cleanup(() => mail.restore())
    const mine = await makeTenant()
    const other = await makeTenant()
    await mine.contract.merge({ noticeAddress: 'mine@example.jp' }).save()
    await other.contract.merge({ noticeAddress: 'other@example.jp' }).save()
    const node = await ComputeNode.findOrFail(mine.server.computeNodeId)
    await run(await makeAnnouncement(null, { isMailed: true, targets: node.name }))
    const addresses = await db.from('announcement_mails').select('address')
    assert.deepEqual(
      addresses.map(({ address }) => address),
      ['mine@example.jp']
    )
    assert.lengthOf(messages.sent(), 1)
  })

  test('OPS-07: a list of many costs no more questions than one of few', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    const staff = await makeStaff()
    const look = () => client.get('/announcements').loginAs(contractor)
    const lookAsStaff = () => client.get('/staff/announcements').withGuard('staff').loginAs(staff)
    await makeAnnouncement(null)
    const few = [await queriesOf(look), await queriesOf(lookAsStaff)]
    for (let count = 0; count < 15; count++) await Announcement.write(announcementText, staff)
    for (let count = 0; count < 3; count++) await makeAnnouncement(null)
    assert.deepEqual([await queriesOf(look), await queriesOf(lookAsStaff)], few)
  })
})
