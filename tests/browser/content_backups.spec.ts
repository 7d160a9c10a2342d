import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import ContentBackup from '#models/content_backup'
import ContentRestore from '#models/content_restore'
import { answerWith } from '#monitoring/questions'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

const long = 'wp-content/uploads/2026/11/a-rather-long-name-of-a-picture-from-a-camera.jpg'
const figures = {
  ...{ new: 12, changed: 3, touched: 1, deleted: 2, bytes: 5_000_000, files: 3120 },
  ...{ size: 120_000_000, needed: 6_000_000 },
}
const entry = (name: string, kind: string) => ({
  path: Buffer.from(name).toString('base64url'),
  ...{ name, kind, bytes: 5000, at: 1_795_000_000 },
})

test.group('Backups in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())
  group.each.setup(() =>
    answerWith(async () => ({
      state: 'there',
      complete: true,
      entries: [entry('html', 'directory'), entry('cgi-bin', 'directory'), entry(long, 'file')],
    }))
  )

  for (const width of [390, 1280]) {
    test(`BKP-01: at ${width} pixels from the domain to a file that is back`, async ({
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
      await page.getByRole('link', { name: 'バックアップ', exact: true }).click()
      await looked('backups-none')
      const backup = await ContentBackup.begin(domain, '2026-11-22')
      await backup.end([
        {
          ...{ name: 'html', state: 'partial', names: [], problemCount: 30, ...figures },
          problems: [['unreadable', `html/${long}`]],
        },
        { name: 'var', state: 'missing', names: [], problems: [], problemCount: 0, ...figures },
      ])
      const failed = await ContentBackup.begin(domain, '2026-11-23')
      await failed.fail('unreachable')
      await page.reload()
      await looked('backups')

      await page.getByRole('link', { name: '戻すものを選ぶ' }).click()
      await looked('entries')
      await page.getByRole('button', { name: '上書きされるものを確認する' }).click()
      await page.getByText('戻すものが選ばれていません').first().waitFor()
      await page.getByLabel('「html」を選ぶ').check()
      await page.getByLabel('バックアップにないファイルは削除する').check()
      await page.getByRole('button', { name: '上書きされるものを確認する' }).click()
      await page.getByText('バックアップと現在の内容を比べています').waitFor()
      await looked('looking')
      const restore = await ContentRestore.findByOrFail('domainId', domain.id)
      const part = {
        ...{ path: 'aHRtbA', shown: 'html', state: 'done' as const, ...figures },
        names: [['changed', `html/${long}`] as const, ['deleted', 'html/new.php'] as const],
        ...{ problems: [], problemCount: 0 },
      }
      await restore.looked({ parts: [part], room: 900_000_000 })
      // Without a word from whoever waits for it
      await page.getByRole('button', { name: 'この内容で戻す' }).waitFor()
      assert.notInclude(await page.innerText('main'), '復元済み')
      await looked('looked')
      await page.getByRole('button', { name: 'この内容で戻す' }).click()
      await page.getByText('バックアップから戻しています').waitFor()
      await restore.refresh()
      await restore.end([
        part,
        { ...part, shown: 'var', state: 'full', problems: [['full', 'var/x']], problemCount: 1 },
      ])
      await page.getByText('容量が足りず、途中で止まりました').waitFor()
      assert.include(await page.innerText('main'), '復元済み')
      await looked('restored')
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
