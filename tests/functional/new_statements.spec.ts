import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { emptyBooks, makeStatement } from '#database/factories/billing'
import { makeTenant, makeStaff } from '#database/factories/tenant'
import TellOfStatements from '#jobs/tell_of_statements'
import { tellOfStatements } from '#mails/new_statement'
import ContractProfile from '#models/contract_profile'
import Statement from '#models/statement'
import { sqlTime } from '#models/task/clock'

const { signal } = new AbortController()

/** A contractor whose last month is stated; of no address unless one is given. */
async function stated(noticeAddress: string | null) {
  const tenant = await makeTenant()
  await tenant.contract.merge({ noticeAddress }).save()
  const made = await makeStatement(tenant.contract)
  return { ...tenant, statement: await Statement.findOrFail(made.id) }
}

test.group('Mails about statements', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(async () => {
    await emptyBooks()
    await db.from('statements').update({ told_at: sqlTime() })
  })
  group.each.teardown(() => mail.restore())

  test('ORD-07: the customer is told once that a statement is there, what it comes to and until when', async ({
    assert,
  }) => {
    const { messages } = mail.fake()
    const { contract, statement } = await stated('taro@example.jp')
    await new TellOfStatements().handle({ signal, log: async () => {} })
    await tellOfStatements(signal)
    const [sent, ...others] = messages.sent()
    assert.lengthOf(others, 0)
    sent.assertTo('taro@example.jp')
    sent.assertTextIncludes(`${contract.name} さま`)
    sent.assertTextIncludes('10,780円（税込）')
    sent.assertTextIncludes('お支払期限')
    sent.assertTextIncludes(`/statements/${statement.id}`)
    await statement.refresh()
    assert.isNotNull(statement.toldAt)
    assert.equal(statement.toldTo, 'taro@example.jp')
  })

  test('PNL-13: it goes where invoices go; of nobody’s address nobody is told, and staff sees so', async ({
    assert,
    client,
  }) => {
    const { messages } = mail.fake()
    const one = await stated('taro@example.jp')
    const profile = await ContractProfile.of(one.contract.id)
    await profile.merge({ billingMail: 'keiri@example.jp' }).save()
    const nobody = await stated(null)
    assert.deepEqual(await tellOfStatements(signal), { told: 2, failed: [] })
    messages.assertSentCount(1)
    messages.sent()[0].assertTo('keiri@example.jp')
    const staff = await makeStaff()
    const page = (id: number) =>
      client.get(`/staff/statements/${id}`).withGuard('staff').loginAs(staff)
    const told = await page(one.statement.id)
    told.assertTextIncludes('keiri@example.jp')
    const untold = await page(nobody.statement.id)
    untold.assertTextIncludes('送信先のメールアドレスが登録されていません')
  })

  test('ORD-07: cut off anywhere it goes on there, and an address that is refused keeps nobody back', async ({
    assert,
  }) => {
    const first = await stated('one@example.jp')
    const second = await stated('two@example.jp')
    const third = await stated('three@example.jp')
    const { messages } = mail.fake()
    const cut = new AbortController()
    const { send } = mail
    const sendTo = async (...[message]: Parameters<typeof send>) => {
      const sent = await send.call(mail, message)
      const to = JSON.stringify(messages.sent().at(-1)!.nodeMailerMessage.to)
      if (to.includes('two@')) throw new Error('550 no such user')
      cut.abort()
      return sent
    }
    mail.send = sendTo
    try {
      await assert.rejects(() => tellOfStatements(cut.signal))
      await Promise.all([first.statement.refresh(), third.statement.refresh()])
      assert.isNotNull(first.statement.toldAt)
      assert.isNull(third.statement.toldAt)
      const { told, failed } = await tellOfStatements(signal)
      assert.equal(told, 1)
      assert.include(failed[0], `statement ${second.statement.id}: Error: 550`)
    } finally {
      mail.send = send
    }
    assert.deepEqual(await tellOfStatements(signal), { told: 1, failed: [] })
    const to = messages.sent().map(({ nodeMailerMessage }) => JSON.stringify(nodeMailerMessage.to))
    for (const name of ['one', 'three'])
      assert.lengthOf(
        to.filter((text) => text.includes(name)),
        1
      )
  })

  test('ORD-07: a mail server that takes nothing is not asked for everybody', async ({
    assert,
  }) => {
    const { send } = mail
    let asked = 0
    for (let number = 0; number < 12; number++) await stated(`user${number}@example.jp`)
    mail.send = async () => {
      asked += 1
      throw new Error('connection refused')
    }
    try {
      await assert.rejects(() => tellOfStatements(signal), 'connection refused')
    } finally {
      mail.send = send
    }
    assert.equal(asked, 10)
  })

  test('ORD-07: what gives money back asks for no payment', async ({ assert, client }) => {
    const { messages } = mail.fake()
    const { contractor, statement } = await stated('taro@example.jp')
    await statement.merge({ netYen: -1000, taxYen: -100 }).save()
    await tellOfStatements(signal)
    const [sent] = messages.sent()
    sent.assertTextIncludes('ご返金額：1,100円')
    assert.notInclude(String(sent.nodeMailerMessage.text), 'お支払期限')
    const page = await client.get(`/statements/${statement.id}`).loginAs(contractor)
    page.assertTextIncludes('ご返金額 1,100円（税込）')
    assert.notInclude(page.text(), 'お支払期限')
    const list = await client.get('/statements').loginAs(contractor)
    list.assertTextIncludes('お支払いなし')
  })

  test('ORD-07: what is old is no news any more', async ({ assert }) => {
    mail.fake()
    const { statement } = await stated('taro@example.jp')
    const before = sqlTime(Date.now() - 20 * 86_400_000)
    await db.from('statements').where('id', statement.id).update({ created_at: before })
    assert.deepEqual(await tellOfStatements(signal), { told: 0, failed: [] })
  })
})
