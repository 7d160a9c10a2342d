import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

test.group('Where the panel can be used from, in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())
  group.each.setup(() => limiter.clear())

  for (const width of [390, 1280]) {
    test(`PNL-07: at ${width} pixels a contractor shuts himself out knowingly, and staff let him in`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contractor, contract } = await makeTenant()
      await browserContext.loginAs(contractor)
      const page = await visit('/contract')
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await page.getByRole('link', { name: 'アクセス元制限を変更' }).click()
      await looked('panel-restriction-empty')
      await page.getByLabel('許可する接続元').fill('198.51.100.7\nexample.jp\n2001:db8:1::/48')
      await page.getByRole('button', { name: '保存する' }).click()
      await page.getByText('2行目「example.jp」').first().waitFor()
      await looked('panel-restriction-mistakes')

      await page.getByLabel('許可する接続元').fill('198.51.100.7\n2001:db8:1::/48')
      await page.getByRole('button', { name: '保存する' }).click()
      await page.getByText('含まれていません').first().waitFor()
      await looked('panel-restriction-warned')
      await page.getByLabel('承知のうえで保存する').check()
      await page.getByRole('button', { name: '保存する' }).click()
      await page.getByText('ご利用いただけません').waitFor()
      assert.include(page.url(), '/sign_in')
      await looked('panel-restriction-kept-out')

      await browserContext.withGuard('staff').loginAs(await makeStaff())
      await page.goto('/staff')
      await page.goto(`/staff/contracts/${contract.id}`)
      await looked('staff-contract-restricted')
      await page.getByRole('button', { name: 'アクセス元制限を解除する' }).click()
      await page.getByText('アクセス元制限を解除しました').waitFor()
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
