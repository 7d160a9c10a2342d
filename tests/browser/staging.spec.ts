import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { databaseRow } from '#database/factories/database'
import { makeTenant } from '#database/factories/tenant'
import Database from '#models/database'
import StagingChange from '#models/staging_change'
import { changesLanded } from '#models/staging_change/outcomes'
import StagingGeneration from '#models/staging_generation'
import { answerWith } from '#monitoring/questions'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

const side = (files: number) => ({
  files,
  directories: 20,
  bytes: files * 40_000,
  newest: [
    ['wp-content/uploads/2026/11/a-rather-long-name-of-a-picture-from-a-camera.jpg', 1_795_000_000],
    ['index.php', 1_794_000_000],
  ],
  complete: true,
})
const difference = (name: string, state: string, more: object = {}) => ({
  path: Buffer.from(name).toString('base64url'),
  name,
  state,
  directory: false,
  bytes: 5000,
  at: 1_795_000_000,
  ...more,
})
const answers: Record<string, unknown> = {
  staging_sides: {
    last: 0,
    sides: {
      'html': side(3120),
      'html.stage': side(3184),
      'cgi-bin': side(0),
      'cgi-bin.stage': side(2),
    },
  },
  staging_differences: {
    complete: false,
    differences: [
      difference('index.php', 'changed'),
      difference('wp-content/themes/new', 'new', { directory: true }),
      difference(
        'wp-content/uploads/2026/11/a-rather-long-name-of-a-picture-from-a-camera.jpg',
        'gone'
      ),
    ],
  },
}

test.group('Staging in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())
  group.each.setup(() => answerWith(async (_server, question) => answers[question]))

  for (const width of [390, 1280]) {
    test(`WEB-02: at ${width} pixels from the web of a domain to a swap that is told as done`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { domain, admin } = await makeTenant()
      await StagingGeneration.create({
        domainId: domain.id,
        state: 'kept',
        files: 3120,
        bytes: 120_000_000,
      })
      for (const name of ['blog', 'blog_stage']) await Database.create(databaseRow(domain, name))
      await browserContext.loginAs(admin)
      const page = await visit(`/domains/${domain.id}/web`)
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await page.getByRole('link', { name: 'ステージングと入れ替え' }).click()
      await page.getByText('3,184 個').waitFor()
      await looked('staging')
      const back = page.url()

      await page.getByRole('link', { name: '選んだファイルを公開する' }).click()
      await page.getByText('違いの一部だけを表示しています').waitFor()
      await looked('publication')
      await page.getByRole('button', { name: '選んだものを公開する' }).click()
      await page.getByText('ファイルが選ばれていません').first().waitFor()
      await looked('publication-nothing')
      for (const link of [
        '公開中の内容をステージングにコピーする',
        'ステージングに戻す',
        '削除',
        '入れ替え前のコピーを変更',
      ]) {
        await page.goto(back)
        await page.getByRole('link', { name: link, exact: true }).click()
        await looked(link)
      }
      await page.goto(back)
      await page.getByRole('link', { name: '公開中と入れ替える' }).click()
      await looked('swap')
      await page.getByLabel('入れ替える前に、公開中の内容をコピーしておく').uncheck()
      await page.getByRole('button', { name: '入れ替える', exact: true }).click()
      await page.getByText('入れ替えています').waitFor()
      await looked('under-way')
      const change = await StagingChange.findByOrFail('domainId', domain.id)
      await changesLanded([change.id])
      await page.getByText('新しい内容が公開されています').waitFor()
      await looked('done')
      await page.goto(back)
      await page.getByRole('link', { name: 'すべての履歴' }).click()
      await looked('history')
      assert.deepEqual(complaints, [])
    })
  }
})
