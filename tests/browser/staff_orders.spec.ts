import { randomUUID } from 'node:crypto'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { providerCalendar } from '#orders/calendar'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import Contract from '#models/contract'
import Order from '#models/order'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

async function ordered(kind = 'access_analysis') {
  const tenant = await makeTenant()
  const { contractor, contract, domain } = tenant
  const request = { kind, contractId: contract.id, domainId: domain.id, token: randomUUID() }
  return Order.place({ ...request, details: { page_views: 1000 } }, contractor)
}

test.group('Orders at the provider’s in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  for (const width of [390, 1280]) {
    test(`ORD-06: at ${width} pixels staff take an order from the queue to its end`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const [order, late] = [await ordered(), await ordered()]
      await late.merge({ dueAt: DateTime.utc().minus({ hours: 2 }) }).save()
      await browserContext.withGuard('staff').loginAs(await makeStaff())
      const page = await visit('/staff/orders')
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        const ids = await page.evaluate(() =>
          [...document.querySelectorAll('[id]')].map(({ id }) => id)
        )
        assert.lengthOf([...new Set(ids)], ids.length, name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await looked('queue')
      await page.goto(`/staff/orders/${order.id}`)
      await looked('order')
      await page.getByText('受付不備にする').first().click()
      await page.getByRole('button', { name: '受付不備にする' }).click()
      await page.getByText('足りないものを入力してください').first().waitFor()
      await looked('order-mistake')
      await page.locator('#order_missing').fill('申込書に印鑑がありません。')
      await page.getByRole('button', { name: '受付不備にする' }).click()
      await page.getByText('受付不備にし、').waitFor()
      await looked('order-incomplete')
      await page.getByRole('button', { name: '受け付け直す' }).click()
      await page.getByText('数え直します').first().waitFor()
      await page.getByText('別の日時を提案する').click()
      const calendar = await providerCalendar()
      const day = calendar.openFrom(Day.at(new Date()).plus(20))
      await page.locator('#due_on').fill(day.toString())
      await page.locator('#proposal_reason').fill('機器の入荷が遅れているためです。')
      await page.getByRole('button', { name: '提案する', exact: true }).click()
      await page.getByText('お客さまの回答を待っています').waitFor()
      await looked('order-proposed')
      await page.locator('#order_note').fill('電話で事情を説明済み')
      await page.getByRole('button', { name: '書き込む' }).click()
      await page.getByText('電話で事情を説明済み').waitFor()
      const paper = { name: '申込書.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') }
      await page.locator('#order_file').setInputFiles(paper)
      await page.getByRole('button', { name: '追加する' }).click()
      await page.getByText('ファイルを追加しました').first().waitFor()
      await page.getByRole('button', { name: '作業を始める' }).click()
      await page.getByText('作業を始めました').first().waitFor()
      await page.getByText('完了にする').first().click()
      await page.getByRole('button', { name: '完了にする' }).click()
      await page.getByText('完了にしました').waitFor()
      await looked('order-done')
      const { code } = await Contract.findOrFail(order.contractId)
      await page.goto('/staff/orders/create')
      await page.locator('#contract').fill(code)
      await page.locator('#kind').selectOption('disk_extension')
      await looked('entry-begin')
      await page.getByRole('button', { name: '次へ' }).click()
      await looked('entry-subjects')
      await page.locator('.list a').first().click()
      await page.getByRole('button', { name: '申込を登録する' }).click()
      await page.getByText('入力内容を確認してください').waitFor()
      await looked('entry-mistakes')
      await page.goto(`/staff/work_calendar?month=${late.dueOn!.slice(0, 7)}`)
      await looked('work-calendar')
      await page.goto('/staff/closing_days')
      await looked('closing-days-none')
      await page.locator('#closing_from').fill(Day.at(new Date()).plus(3).toString())
      await page.locator('#closing_name').fill('夏季休業')
      await page.getByRole('button', { name: '追加する' }).click()
      await page.getByText('休業日にしました').waitFor()
      await looked('closing-days')
      await page.getByRole('button', { name: '営業日に戻す' }).click()
      await page.getByText('営業日に戻しました').waitFor()
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
