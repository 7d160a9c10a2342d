import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeAnnouncement } from '#database/factories/announcement'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

test.group('Announcements in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  for (const width of [390, 1280]) {
    test(`OPS-07: at ${width} pixels staff announce a maintenance, and its customers read it where they begin`, async ({
      assert,
      browser,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { admin, contractor, server } = await makeTenant()
      await makeAnnouncement(null, { kind: 'trouble', subject: 'メールの遅延について' })
      await browserContext.withGuard('staff').loginAs(await makeStaff())
      const page = await visit('/staff/announcements')
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string, at = page) => {
        assert.isAtMost(await overflowOf(at), 0, name)
        assert.notInclude(await at.innerText('body'), 'translation missing', name)
        if (shots) await at.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await page.getByRole('link', { name: 'お知らせを書く' }).click()
      await page.locator('#targets').fill('msv999999')
      await page.getByLabel('メンテナンス').check()
      await page.locator('#announcement_subject').fill('収容機器の交換')
      await page.locator('#announcement_body').fill('5分ほど止まります。\nご協力をお願いします。')
      await page.getByLabel('契約者・ドメイン管理者・ユーザ').check()
      await page.locator('#work_from').fill('2026-12-01T02:00')
      await page.locator('#work_until').fill('2026-12-01T05:00')
      await page.getByRole('button', { name: '下書きを保存する' }).click()
      await page.getByText('見つからない対象があります').first().waitFor()
      await looked('announcement-mistake')
      assert.equal(await page.locator('#work_from').inputValue(), '2026-12-01T02:00')
      await page.locator('#targets').fill(server.name)
      await page.getByRole('button', { name: '下書きを保存する' }).click()
      await page.getByText('下書きを保存しました').waitFor()
      await looked('announcement-draft')
      await page.getByRole('button', { name: '公開する' }).click()
      await page.getByText('お知らせを公開しました').waitFor()
      await looked('announcement-published')
      await page.goto('/staff/announcements')
      await looked('announcements-staff')

      const baseURL = new URL(page.url()).origin
      for (const account of [contractor, admin]) {
        const context = await browser.newContext({ locale: 'ja-JP', baseURL })
        await context.loginAs(account)
        const customer = await context.newPage()
        await customer.setViewportSize({ width, height: 844 })
        await customer.goto('/')
        await customer.getByRole('link', { name: '収容機器の交換' }).waitFor()
        await looked(`announcements-home-${account.role}`, customer)
        await customer.getByRole('link', { name: '収容機器の交換' }).click()
        await customer.getByText('5分ほど止まります').waitFor()
        await looked(`announcement-${account.role}`, customer)
        await customer.goto('/announcements')
        await looked(`announcements-${account.role}`, customer)
        await context.close()
      }
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
