import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import Contract from '#models/contract'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

test.group('Contracts of staff in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())
  group.each.setup(() => limiter.clear())

  for (const width of [390, 1280]) {
    test(`OPS-07: at ${width} pixels a customer is added, gets a letter, chooses a password and is stopped for a while`, async ({
      assert,
      browser,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const staff = await makeStaff()
      await makeTenant()
      await browserContext.withGuard('staff').loginAs(staff)
      const page = await visit('/staff/contracts')
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string, at = page) => {
        assert.isAtMost(await overflowOf(at), 0, name)
        assert.notInclude(await at.innerText('body'), 'translation missing', name)
        if (shots) await at.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await page.getByRole('link', { name: '契約を追加する' }).click()
      await looked('staff-contract-create')
      await page.getByRole('button', { name: '追加する' }).click()
      await page.getByText('契約者名を入力してください').first().waitFor()
      await page.locator('#contract_name').fill('有限会社あらた商店')
      await page.locator('#postal_code').fill('530-0001')
      await page.locator('#postal_address').fill('大阪府大阪市北区梅田1-2-3 つかさビル12階')
      await page.locator('#person_name').fill('新 太郎')
      await page.locator('#person_mail').fill('arata@example.jp')
      await page.getByRole('button', { name: '追加する' }).click()
      await page.getByText('を追加しました').waitFor()
      await looked('staff-invitation')
      await page.getByRole('button', { name: 'リンクを作る' }).click()
      await page.getByText('この画面を印刷してください').waitFor()
      await looked('staff-letter')
      const link = await page.locator('.welcome__link').innerText()
      if (shots && width === 1280) await page.pdf({ path: `${shots}/letter.pdf`, format: 'A4' })

      const customers = await browser.newContext({ locale: 'ja-JP' })
      const customer = await customers.newPage()
      await customer.setViewportSize({ width, height: 844 })
      await customer.goto(link.trim())
      await looked('welcome', customer)
      await customer.locator('#password').fill('Blue.Kettle-sings42')
      await customer.locator('#password_confirmation').fill('Blue.Kettle-sings42')
      await customer.getByRole('button', { name: '設定する' }).click()
      await customer.getByText('パスワードを設定しました').waitFor()
      await looked('welcome-sign-in', customer)
      await customer.locator('#password').fill('Blue.Kettle-sings42')
      await customer.getByRole('button', { name: 'ログイン' }).click()
      await customer.getByRole('heading', { name: 'サーバ一覧' }).waitFor()
      await customer.goto(link.trim().replace(/.{3}$/, 'bbb'))

      const contract = await Contract.findByOrFail('name', '有限会社あらた商店')
      await page.goto(`/staff/contracts/${contract.id}`)
      await looked('staff-contract')
      await page
        .getByRole('link', { name: 'お客さま情報を変更' })
        .or(page.getByRole('link', { name: '変更する' }))
        .first()
        .click()
      await looked('staff-contract-edit')
      await page.goto(`/staff/contracts/${contract.id}/suspension`)
      await looked('staff-suspension')
      await page.locator('#suspension_reason').fill('3か月分の未納（督促済み）')
      await page.getByRole('button', { name: '停止する' }).click()
      await page.getByText('ご利用を停止しています').first().waitFor()
      await looked('staff-contract-suspended')
      await customer.goto(new URL('/contract', link).href)
      await customer.getByText('ご契約のご利用を停止しています').waitFor()
      await looked('contract-suspended', customer)
      await page.getByRole('button', { name: 'ご利用を再開する' }).click()
      await page.getByText('再開します').waitFor()
      await looked('staff-contract-resumed')
      await page.goto('/staff/contracts')
      await looked('staff-contracts')
      await customers.close()
      assert.deepEqual(complaints, [])
    }).timeout(60_000)

    test(`OPS-07: at ${width} pixels staff see a customer’s pages with a banner, and end it`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contract, domain, mailbox } = await makeTenant()
      await browserContext.withGuard('staff').loginAs(await makeStaff())
      const page = await visit(`/staff/contracts/${contract.id}`)
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png` })
      }
      await page.getByRole('link', { name: 'お客さまの画面を表示' }).click()
      await looked('view-create')
      await page.locator('#view_reason').fill('お問い合わせ 12')
      await page.getByRole('button', { name: '表示を始める' }).click()
      await page.getByText('お客さまの画面を表示しています').waitFor()
      await looked('view-servers')
      await page.goto(`/domains/${domain.id}`)
      await page.mouse.wheel(0, 600)
      await looked('view-domain')
      await page.goto(`/mailboxes/${mailbox.id}/mail_searches`).catch(() => null)
      await page.getByText('通信の秘密').waitFor()
      await looked('view-withheld')
      await page.getByRole('button', { name: '表示を終わる' }).click()
      await page.getByText('の画面の表示を終わりました').waitFor()
      await looked('view-ended')
      const mistakes = complaints.filter((each) => !each.includes('403'))
      assert.deepEqual(mistakes, [])
    }).timeout(60_000)
  }
})
