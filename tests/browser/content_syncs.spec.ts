import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeDomain, makeServer, makeTenant } from '#database/factories/tenant'
import ContentSync from '#models/content_sync'
import StagingChange from '#models/staging_change'
import { changesLanded } from '#models/staging_change/outcomes'
import { answerWith } from '#monitoring/questions'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS
const side = { files: 3120, directories: 20, bytes: 120_000_000, newest: [], complete: true }
const sides = { 'html': side, 'html.stage': side, 'cgi-bin': side, 'cgi-bin.stage': side }

test.group('Content sync in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())
  group.each.setup(() => answerWith(async () => ({ sides, last: 0 })))

  for (const width of [390, 1280]) {
    test(`WEB-08: at ${width} pixels from the web of a domain to a sync that is told as done, and by the clock`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contract, contractor, domain } = await makeTenant()
      await browserContext.loginAs(contractor)
      const page = await visit(`/domains/${domain.id}/web`)
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await page.getByRole('link', { name: '別のサーバとの同期' }).click()
      await page.getByText('同じドメインのあるサーバがありません').waitFor()
      await looked('alone')
      const other = await makeServer(contract)
      const { domain: target } = await makeDomain(other, domain.name)
      await page.goto(`/domains/${target.id}`)
      await page.getByText(`admin@${target.testName}`).waitFor()
      await looked('second-domain')
      await page.goto('/domains')
      await looked('domains')
      await page.goto(`/domains/${domain.id}/web/content_syncs`)
      const back = page.url()
      await looked('list')
      await page.getByRole('link', { name: `${other.name} へ送る` }).click()
      await looked('confirm')
      await page.getByRole('button', { name: '同期して公開する' }).click()
      await page.getByText('別のサーバから受け取っています').waitFor()
      await looked('under-way')
      const sync = await ContentSync.findByOrFail('targetDomainId', target.id)
      const figures = { travelled: 41_234_567, sent: 32, leftOut: '["fifo","wp-content/私.txt"]' }
      await sync.merge(figures).save()
      const change = await StagingChange.findOrFail(sync.changeId)
      await change
        .merge({ state: 'exchanging', files: 3120, bytes: 120_000_000, skipped: 2 })
        .save()
      await changesLanded([change.id])
      await ContentSync.publish(change.id)
      await page.getByText('受け取りました。公開しています').waitFor()
      await sync.refresh()
      await changesLanded([sync.swapId!])
      await page.getByText('同期しました。新しい内容が公開されています').waitFor()
      await page.getByText('32 ファイル').waitFor()
      await looked('done')

      await page.goto(`/domains/${target.id}/web/content_syncs`)
      await page.getByRole('link', { name: 'このサーバが受け取る時刻を設定する' }).click()
      await looked('schedule')
      await page.getByLabel('間隔').selectOption('6')
      await page.getByRole('button', { name: '保存する' }).click()
      await page.getByText('自動の同期を設定しました').waitFor()
      await page.getByRole('cell', { name: '6時間ごと' }).waitFor()
      await looked('scheduled')
      await page.goto(back)
      await page.getByRole('link', { name: '変更', exact: true }).click()
      await page.getByRole('button', { name: '自動の同期をやめる' }).click()
      await page.getByText('自動の同期をやめました').waitFor()
      assert.deepEqual(complaints, [])
    })
  }
})
