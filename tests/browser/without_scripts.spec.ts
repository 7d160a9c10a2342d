import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import Mailbox from '#models/mailbox'

test.group('A browser without scripts', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('PNL-02: every flow is a plain form', async ({ assert, browser }) => {
    const { admin, domain } = await makeTenant()
    const baseURL = `http://${process.env.HOST}:${process.env.PORT}`
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'ja-JP', baseURL })
    await context.loginAs(admin)
    const page = await context.visit(`/domains/${domain.id}/mailboxes/create`)
    assert.equal(await page.getByRole('button', { name: '表示する' }).count(), 0)
    await page.getByLabel('ユーザID').fill('suzuki')
    await page.getByLabel('パスワード').fill('Blue.Kettle-sings42')
    await page.getByRole('button', { name: '追加する' }).click()
    await page.getByText('受け付けました').waitFor()
    await page.getByRole('link', { name: '最新の状態を表示する' }).click()
    await page.getByRole('link', { name: `suzuki@${domain.name}` }).waitFor()
    assert.isNotNull(await Mailbox.findBy('local_part', 'suzuki'))
    await context.close()
  })
})
