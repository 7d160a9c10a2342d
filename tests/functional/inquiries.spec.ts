import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { inquiriesPerHour } from '#config/support'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import SendInquiry from '#jobs/send_inquiry'
import type Account from '#models/account'
import Inquiry from '#models/inquiry'
import Task from '#models/task'

const asked = {
  inquiry_subject: 'サイトが表示されません',
  inquiry_body: '朝から 503 になります。\nよろしくお願いします。',
  contact_mail: 'hanako@example.jp',
}

const ask = (client: ApiClient, account: Account, form: object = asked) =>
  client.post('/inquiries').form(form).loginAs(account).withCsrfToken().redirects(0)

test.group('Support', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())
  group.each.teardown(() => mail.restore())

  test('ORD-08: everybody finds whom to ask and when', async ({ client }) => {
    const { contractor, admin, user } = await makeTenant()
    for (const account of [contractor, admin, user]) {
      const page = await client.get('/support').loginAs(account)
      page.assertTextIncludes('0120-194-238')
      page.assertTextIncludes('10:00〜12:00、13:00〜18:00')
      page.assertTextIncludes('06-6948-1402')
      page.assertTextIncludes('support@mngsv.jp')
      page.assertTextIncludes('info@mngsv.jp')
    }
  })

  test('ORD-08: an inquiry is kept, and mailed to the desk that answers whoever asked', async ({
    assert,
    client,
  }) => {
    const { contractor, contract, server } = await makeTenant()
    const answer = await ask(client, contractor, { ...asked, inquiry_server: String(server.id) })
    const inquiry = await Inquiry.findByOrFail({ contractId: contract.id })
    assert.equal(answer.header('location'), `/inquiries/${inquiry.id}`)
    const task = await Task.findByOrFail({ kind: 'send_inquiry' })
    const { messages } = mail.fake()
    await new SendInquiry().handle({ payload: task.input })
    messages.assertSentCount(1)
    const [sent] = messages.sent().map((each) => each.nodeMailerMessage)
    assert.deepEqual(sent.to, ['support@mngsv.jp'])
    assert.deepEqual(sent.replyTo, ['hanako@example.jp'])
    assert.include(String(sent.subject), asked.inquiry_subject)
    for (const part of [contract.code, server.name, '朝から 503'])
      assert.include(String(sent.text), part)
  })

  test('ORD-08: what somebody else asked is not there, and nobody asks about his server', async ({
    assert,
    client,
  }) => {
    const [own, other] = [await makeTenant(), await makeTenant()]
    const { contractId, domainId } = own.admin
    await ask(client, own.admin)
    const inquiry = await Inquiry.findByOrFail({ contractId, domainId })
    for (const account of [own.contractor, own.admin]) {
      const page = await client.get(`/inquiries/${inquiry.id}`).loginAs(account)
      page.assertTextIncludes('朝から 503')
    }
    for (const account of [other.contractor, other.admin, own.user]) {
      const page = await client.get(`/inquiries/${inquiry.id}`).loginAs(account)
      assert.equal(page.status(), 404)
    }
    const foreign = { ...asked, inquiry_server: String(other.server.id) }
    const refused = await ask(client, own.contractor, foreign)
    assert.equal(refused.status(), 404)
  })

  test('ORD-08: users ask the admin of their domain', async ({ assert, client }) => {
    const { user } = await makeTenant()
    const page = await client.get('/support').loginAs(user)
    page.assertTextIncludes('ドメインの管理者にご相談ください')
    const refused = await ask(client, user)
    assert.equal(refused.status(), 403)
  })

  test('ORD-08: a subject of two lines and an address of nobody are refused', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    const wrong = { ...asked, inquiry_subject: 'a\r\nBcc: x@example.com', contact_mail: 'nobody' }
    const refused = await ask(client, contractor, wrong)
    const errors = refused.flashMessage('inputErrorsBag')
    assert.sameMembers(Object.keys(errors), ['inquiry_subject', 'contact_mail'])
  })

  test('ORD-08: the form is no way to flood the desk', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    for (let sent = 0; sent < inquiriesPerHour; sent++) await ask(client, contractor)
    const oneMore = await ask(client, contractor)
    assert.equal(oneMore.status(), 429)
  })

  test('ORD-08: staff see what waits, and mark what they answered', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    await ask(client, contractor, { ...asked, inquiry_subject: '<b>太字</b>' })
    const inquiry = await Inquiry.query().orderBy('id', 'desc').firstOrFail()
    const staff = await makeStaff()
    const list = await client.get('/staff/inquiries').withGuard('staff').loginAs(staff)
    list.assertTextIncludes('&lt;b&gt;太字&lt;/b&gt;')
    await client
      .post(`/staff/inquiries/${inquiry.id}/answer`)
      .form({})
      .withGuard('staff')
      .loginAs(staff)
      .withCsrfToken()
      .redirects(0)
    const empty = await client.get('/staff/inquiries').withGuard('staff').loginAs(staff)
    assert.notInclude(empty.text(), '太字')
    const page = await client.get(`/inquiries/${inquiry.id}`).loginAs(contractor)
    page.assertTextIncludes('対応済み')
  })
})
