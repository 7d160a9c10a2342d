import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { makeTenant } from '#database/factories/tenant'
import StagingChange from '#models/staging_change'
import TamperLook, { type LookOutcome } from '#models/tamper_look'
import type { Finding } from '#models/tamper_look/report'
import { sqlTime } from '#models/task/clock'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS
const facts = { bytes: 5120, mode: 0o644, at: 1_795_000_000, digest: 'a'.repeat(64), target: null }
const finding = (name: string, more: Partial<Finding> = {}): Finding => ({
  ...{ directory: 'html', name, state: 'added', kind: 'file', aspects: [] },
  ...{ before: null, after: facts, diff: null, noDiff: 'binary' },
  ...more,
})
const outcome: LookOutcome = {
  ...{ baseline: null, added: 2, removed: 1, changed: 2, unread: 1 },
  ...{ files: 3120, bytes: 120_000_000, saved: true },
  report: {
    unlisted: 1200,
    moved: [
      ['html.stage', 'html'],
      ['html', 'html.stage'],
    ],
    findings: [
      finding('wp-content/uploads/2026/11/a-rather-long-name-of-a-picture-from-a-camera.php', {
        diff: [['+', `<?php eval(base64_decode($_POST['${'x'.repeat(200)}']));`]],
        noDiff: null,
      }),
      finding('index.php', {
        ...{ state: 'changed', aspects: ['content', 'mode'], before: { ...facts, mode: 0o755 } },
        diff: [
          ['@', ''],
          [' ', '<?php'],
          ['-', "require 'wp-blog-header.php';"],
          ['+', "require 'evil.php';"],
        ],
        noDiff: null,
      }),
      finding('link', { kind: 'link', after: { ...facts, target: '/etc/passwd' }, noDiff: null }),
      finding('private', { state: 'unread', kind: 'directory', aspects: ['forbidden'] }),
      finding('old.jpg', { directory: 'cgi-data', state: 'removed', before: facts, after: null }),
    ],
  },
}

test.group('Tamper detection in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  for (const width of [390, 1280]) {
    test(`WEB-07: at ${width} pixels turned on, looked at by hand, and accepted`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { domain, admin } = await makeTenant()
      await browserContext.loginAs(admin)
      const page = await visit(`/domains/${domain.id}/web`)
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      const newest = () => TamperLook.query().orderBy('id', 'desc').firstOrFail()
      await page.getByRole('link', { name: '改ざん検知' }).click()
      const back = page.url()
      await looked('off')
      await page.getByRole('link', { name: '改ざん検知を変更' }).click()
      await page.locator('#tamper_watch').check()
      await page.getByLabel('確認する時刻').fill('25:00')
      await page.getByRole('button', { name: '保存する' }).click()
      await page.getByText('0:00から23:59まで').first().waitFor()
      await looked('mistakes')
      await page.getByLabel('確認する時刻').fill('03:30')
      await page.getByLabel('通知先のメールアドレス').fill('watch@example.com')
      await page.getByLabel('基準にするまで、毎日知らせる').check()
      await page.getByRole('button', { name: '保存する' }).click()
      await page.getByText('毎日 03:30 に確認する').waitFor()
      await looked('first')
      const first = await newest()
      await first.finish({
        ...outcome,
        baseline: 'first',
        report: { ...outcome.report, findings: [] },
      })
      await page.getByText('いまの内容を基準にしました').first().waitFor()

      await page.goto(back)
      await page.getByRole('button', { name: 'いま確認する' }).click()
      await page.getByText('ファイルを確認しています').waitFor()
      await looked('under-way')
      const look = await newest()
      await look.finish(outcome)
      await page.getByText('変更がありました').first().waitFor()
      await page.getByText('違いを見る').click()
      await page.getByText('内容を見る').click()
      await looked('found')
      await page.getByRole('button', { name: 'この内容を新しい基準にする' }).click()
      await page.getByText('新しい基準にしました').first().waitFor()

      await db.from('tamper_looks').update({ created_at: sqlTime(Date.now() - 60_000) })
      const swap = { domainId: domain.id, kind: 'swap', madeBy: admin.login } as const
      await StagingChange.create({ ...swap, state: 'done', finishedAt: DateTime.utc() })
      await page.goto(back)
      await looked('after-swap')
      await page.getByRole('link', { name: 'すべての結果' }).click()
      await looked('history')
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
