import { deflateSync } from 'node:zlib'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import { answerWith } from '#monitoring/questions'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

/** What Webalizer makes of what visitors wrote, if it let a program through. */
const evilPage = `<!doctype html><html lang="ja"><body><h2>統計期間: 2026年11月</h2>
<img alt="日ごとの状況" src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==">
<script>top.document.title = 'taken'</script></body></html>`

test.group('Logs in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  let lines: string[]
  let asked: string[]
  let state: 'done' | 'running'
  group.each.setup(() => {
    ;[lines, asked, state] = [['first'], [], 'done']
    return answerWith(async (_server, question, given) => {
      asked.push(question)
      if (question === 'web_log_tail') {
        const known = 'offset' in given ? Number(given.offset) : 0
        const added = lines.slice(known)
        return { inode: 7, offset: lines.length, lines: added, skipped: false }
      }
      if (question === 'access_report_page')
        return { html: deflateSync(evilPage).toString('base64') }
      if (question === 'make_access_report') state = 'running'
      const run = { state, read: 30, of: 100 }
      return { at: 1_795_000_000, pages: ['index', 'usage_202611', 'usage_202610'], run }
    })
  })

  for (const width of [390, 1280]) {
    test(`ALOG-01: at ${width} pixels new lines appear by themselves, as text, until they are paused`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { domain, admin } = await makeTenant()
      await browserContext.loginAs(admin)
      const page = await visit(`/domains/${domain.id}/web/logs/tail`)
      await page.setViewportSize({ width, height: 844 })
      await page.getByText('first').waitFor()
      lines.push('<b>second</b>', 'third')
      await page.getByText('<b>second</b>').waitFor()
      const list = page.locator('[data-log-tail] li')
      assert.deepEqual(await list.allTextContents(), ['first', '<b>second</b>', 'third'])
      assert.isAtMost(await overflowOf(page), 0)
      if (shots) await page.screenshot({ path: `${shots}/tail-${width}.png`, fullPage: true })

      await page.getByRole('button', { name: '一時停止' }).click()
      lines.push('fourth')
      const before = asked.length
      await page.waitForTimeout(2500)
      assert.equal(asked.length, before)
      await page.getByRole('button', { name: '再開する' }).click()
      await page.getByText('fourth').waitFor()
      assert.deepEqual(complaints, [])
    })

    test(`ALOG-02: at ${width} pixels a report is in its frame, where nothing runs, and is made anew while one watches`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { domain, admin } = await makeTenant()
      await browserContext.loginAs(admin)
      const page = await visit(`/domains/${domain.id}/web/report`)
      await page.setViewportSize({ width, height: 844 })
      await page.getByRole('link', { name: '2026年11月' }).click()
      const frame = page.frameLocator('iframe')
      await frame.getByText('統計期間: 2026年11月').waitFor()
      const seen = await frame.locator('img').evaluate((image: any) => image.naturalWidth)
      assert.equal(seen, 1)
      assert.include(await page.title(), 'アクセス解析')
      assert.isAtMost(await overflowOf(page), 0)
      if (shots) await page.screenshot({ path: `${shots}/report-${width}.png`, fullPage: true })

      await page.getByRole('button', { name: '今すぐ更新する' }).click()
      await page.getByText('レポートを更新しています').waitFor()
      state = 'done'
      await page.getByText('までの記録を集計済みです').waitFor()
      // The browser tells that it ran nothing of the page in the frame.
      const others = complaints.filter((each) => !/Blocked script execution|sandboxed/.test(each))
      assert.deepEqual(others, [])
      assert.isNotEmpty(complaints)
    })
  }
})
