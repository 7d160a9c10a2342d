import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeMailbox, makeTenant } from '#database/factories/tenant'
import RunImport from '#jobs/run_import'
import { hashingIsOver } from '#models/import/hashing'
import Mailbox from '#models/mailbox'
import MailSender from '#models/mail_sender'
import { sheets } from '#models/sheet/index'
import Task from '#models/task'
import { cp932, csv, latestImport } from '#tests/support/csv_files'
import { workerFor } from '#tests/support/task_fixtures'
import { overflowOf, watch } from '#tests/support/watched_page'

const secret = 'k7-Meguro-Asagao'
const shots = process.env.SHOTS

const fileOf = (content: string | Buffer) => ({
  name: '社員名簿.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(content),
})

test.group('CSV in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  for (const width of [390, 1280]) {
    test(`USR-01, USR-06: at ${width} pixels from the list of users to the result that stays`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { domain, admin } = await makeTenant()
      await browserContext.loginAs(admin)
      const page = await visit(`/domains/${domain.id}/mailboxes`)
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await page.getByRole('link', { name: 'CSVで一括設定' }).click()
      await looked('index-empty')
      await page.getByRole('link', { name: 'ユーザの追加' }).click()
      await looked('create')
      await page.getByRole('button', { name: '内容を確認する' }).click()
      await page.getByText('CSVファイルを選んでください').first().waitFor()
      await looked('no-file')

      const wrong = csv('additions', ['sato', 'short', '', '0'], ['post master', secret, '', ''])
      await page.getByLabel('CSVファイル').setInputFiles(fileOf(wrong))
      await page.getByRole('button', { name: '内容を確認する' }).click()
      await page.getByText('修正が必要なところが3件あります').waitFor()
      await looked('mistakes')
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'すべての問題をCSVでダウンロード' }).click(),
      ])
      assert.match(download.suggestedFilename(), /^修正が必要な行_\d+\.csv$/)

      await page.getByRole('link', { name: 'もう一度アップロードする' }).click()
      const rows = Array.from({ length: 25 }, (_, index) => [
        `user${index}`,
        secret,
        `社員 ${index}（営業部）`,
        '500',
      ])
      await page.getByLabel('CSVファイル').setInputFiles(fileOf(cp932(csv('additions', ...rows))))
      await page.getByRole('button', { name: '内容を確認する' }).click()
      await page.getByText('まだ何も変更していません').waitFor()
      await page.getByText('社員 3（営業部）').waitFor()
      await looked('preview')
      await page.getByRole('link', { name: '次へ' }).click()
      await page.getByText('社員 24（営業部）').waitFor()
      const [all] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'すべての変更をCSVでダウンロード' }).click(),
      ])
      assert.match(all.suggestedFilename(), /^変更の内容_\d+\.csv$/)
      assert.isNull(await Mailbox.findBy('local_part', 'user0'))

      await page.getByRole('button', { name: '25件を実行する' }).click()
      await page.locator('[data-apply]').waitFor()
      await looked('running')
      await hashingIsOver()
      await workerFor([RunImport]).runUntilIdle()
      const { applyId } = await latestImport(domain)
      await Task.query().where('id', Number(applyId)).update({ state: 'done', progress: 100 })
      await page.getByText('25件を実行しました').waitFor()
      await looked('done')
      await page.getByRole('link', { name: 'CSVで一括設定に戻る' }).click()
      await page.getByRole('link', { name: 'ユーザの追加' }).nth(1).click()
      await page.getByText('user24（追加）').waitFor()
      assert.deepEqual(complaints, [])
    })

    test(`USR-03, USR-06: at ${width} pixels every sheet is explained, and what is replaced is shown`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const { domain, admin, server } = await makeTenant()
      const { mailbox } = await makeMailbox(domain, server, 'sato')
      const owner = { domainId: domain.id, mailboxId: mailbox.id, list: 'allow' as const }
      await MailSender.create({ ...owner, pattern: 'a-rather-long-domain-name.example.co.jp' })
      await browserContext.loginAs(admin)
      const page = await visit(`/domains/${domain.id}/imports`)
      await page.setViewportSize({ width, height: 844 })
      for (const { name } of sheets) {
        await page.goto(`/domains/${domain.id}/imports/${name}`)
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
      }
      await page.goto(`/domains/${domain.id}/imports/spam_checks`)
      if (shots) await page.screenshot({ path: `${shots}/spam-${width}.png`, fullPage: true })
      const long = Array.from({ length: 30 }, (_, index) => `sender${index}@partner.example.co.jp`)
      const text = csv('spam_checks', ['sato', 'ON', '厳しい', '隔離', long.join('\n')])
      await page.getByLabel('CSVファイル').setInputFiles(fileOf(text))
      await page.getByRole('button', { name: '内容を確認する' }).click()
      await page.getByText('1件 → 30件に置き換え').waitFor()
      await page.getByText('削除：a-rather-long-domain-name.example.co.jp').waitFor()
      assert.isAtMost(await overflowOf(page), 0)
      if (shots) await page.screenshot({ path: `${shots}/replaced-${width}.png`, fullPage: true })
    })
  }
})
