import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

test.group('The contractor’s own pages in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())
  group.each.setup(() => limiter.clear())

  for (const width of [390, 1280]) {
    test(`PNL-13, ORD-08: at ${width} pixels a contractor says who he is, how he pays, and asks something`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contractor, server } = await makeTenant()
      await browserContext.loginAs(contractor)
      const page = await visit('/contract')
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await looked('contract-empty')
      await page.getByRole('link', { name: 'お客さま情報を登録する' }).click()
      await page.getByLabel('郵便番号').first().fill('12')
      await page.getByRole('button', { name: '保存する' }).click()
      await page.getByText('7桁の数字で').first().waitFor()
      await looked('profile-mistakes')
      await page.getByLabel('郵便番号').first().fill('530-0001')
      await page.locator('#postal_address').fill('大阪府大阪市北区梅田1-2-3 つかさビル12階')
      await page.locator('#phone').fill('06-6948-1402')
      await page.locator('#person_name').fill('司 花子')
      await page.locator('#person_mail').fill('hanako@example.jp')
      await page.getByRole('button', { name: '保存する' }).click()
      await page.getByText('お客さま情報を保存しました').waitFor()
      await looked('contract')
      await page.getByRole('link', { name: 'お支払い方法を変更' }).click()
      await looked('payment')
      await page.getByLabel('口座振替').check()
      await page.getByRole('button', { name: '変更を申し込む' }).click()
      await page.getByRole('button', { name: 'この変更を取り消す' }).waitFor()
      await looked('payment-waits')
      await page.getByRole('button', { name: 'この変更を取り消す' }).click()
      await page.getByText('取り消しました').first().waitFor()

      await page.goto(`/servers/${server.id}/description`)
      await page.locator('#server_description').fill('本番のEC')
      await looked('server-description')
      await page.getByRole('button', { name: '保存する' }).click()
      await page.getByText('本番のEC').first().waitFor()

      await page.goto('/support')
      await looked('support')
      await page.getByRole('link', { name: 'お問い合わせを書く' }).click()
      await page.locator('#inquiry_subject').fill('サイトが表示されません')
      await page.locator('#inquiry_body').fill('朝から503になります。\nよろしくお願いします。')
      await looked('inquiry-form')
      await page.getByRole('button', { name: '送信する' }).click()
      await page.getByText('お問い合わせを受け付けました').waitFor()
      await looked('inquiry')
      await page.goto('/inquiries')
      await looked('inquiries')
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
