import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { makeDomain, makeMailbox, makeTenant, password } from '#database/factories/tenant'
import Domain from '#models/domain'
import Task from '#models/task'
import { announceChanged } from '#models/task/announcements'
import { overflowOf, watch } from '#tests/support/watched_page'

const secret = 'Blue.Kettle-sings42'

test.group('Customers in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('PNL-01: a contractor signs in, sees his servers and signs out', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { contractor, server } = await makeTenant()
    const page = await visit('/')
    await page.getByLabel('契約IDまたはメールアドレス').fill(contractor.login)
    await page.getByLabel('パスワード').fill(password)
    await page.getByRole('button', { name: 'ログイン' }).click()
    await page.assertPath('/servers')
    await page.getByRole('link', { name: server.name }).click()
    await page.assertPath(`/servers/${server.id}`)
    await page.getByText('サーバの状態を取得できません').waitFor()
    await page.getByRole('button', { name: 'ログアウト' }).click()
    await page.assertPath('/sign_in')
    assert.deepEqual(complaints, [])
  })

  test('DOM-01: what is wrong with a form is said, with a way to each field', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { contractor, server } = await makeTenant()
    await browserContext.loginAs(contractor)
    const page = await visit(`/servers/${server.id}/domains/create`)
    await page.getByLabel('ドメイン名').fill('co.jp')
    await page.getByLabel('ドメイン管理者のパスワード').fill('short')
    await page.getByRole('button', { name: '追加する' }).click()

    await page.getByRole('heading', { name: '入力内容を確認してください' }).waitFor()
    const focused = await page.evaluate(() => document.activeElement?.className)
    assert.equal(focused, 'error-summary')
    assert.equal(await page.getByLabel('ドメイン名').inputValue(), 'co.jp')
    assert.equal(await page.locator('#password').inputValue(), '')
    await page.getByRole('link', { name: /共有する末尾/ }).click()
    const target = await page.evaluate(() => location.hash)
    assert.equal(target, '#name')
    assert.deepEqual(complaints, [])
  })

  test('DOM-01: a domain is added with a suggested password, and its apply is watched live', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { contractor, server } = await makeTenant()
    await browserContext.loginAs(contractor)
    const page = await visit(`/servers/${server.id}/domains/create`)
    await page.getByLabel('ドメイン名').fill('日本語.jp')
    await page.getByRole('button', { name: '安全なパスワードを作る' }).click()
    const suggested = await page.locator('#password').inputValue()
    assert.match(suggested, /^[a-zA-Z2-9]{16}$/)
    await page.getByRole('button', { name: '追加する' }).click()

    const message = page.locator('[data-apply-message]')
    await message.filter({ hasText: '受け付けました' }).waitFor()
    await page.locator('#domain-state').filter({ hasText: '反映待ち' }).waitFor()

    const task = await Task.query().where('server_id', server.id).firstOrFail()
    await task.merge({ state: 'running', progress: 50, message: '設定を検査しています。' }).save()
    announceChanged(task.id)
    await message.filter({ hasText: '設定を検査しています。' }).waitFor()

    const domain = await Domain.findByOrFail('name', 'xn--wgv71a119e.jp')
    await domain.merge({ appliedAt: domain.createdAt }).save()
    await task.merge({ state: 'done', message: null }).save()
    announceChanged(task.id)
    await message.filter({ hasText: 'サーバに反映しました。' }).waitFor()
    await page.locator('#domain-state').filter({ hasText: '公開中' }).waitFor()
    assert.deepEqual(complaints, [])
  })

  test('PNL-02: a user is added with the keyboard alone', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { admin, domain } = await makeTenant()
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}/mailboxes/create`)
    await page.keyboard.press('Tab')
    const skip = await page.evaluate(() => document.activeElement?.textContent)
    assert.equal(skip, '本文へ移動')
    await page.keyboard.press('Enter')
    const tabTo = async (id: string) => {
      for (let step = 0; step < 30; step++) {
        if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return
        await page.keyboard.press('Tab')
      }
      assert.fail(`no way to ${id}`)
    }
    await tabTo('local_part')
    await page.keyboard.type('suzuki')
    await tabTo('password')
    await page.keyboard.type(secret)
    await page.keyboard.press('Enter')
    await page.waitForURL(/mailboxes\?apply=/)
    await page.getByRole('link', { name: `suzuki@${domain.name}` }).waitFor()
  })

  test('DOM-05: a domain goes only after its name was typed', async ({ browserContext, visit }) => {
    const { contractor, domain } = await makeTenant()
    await browserContext.loginAs(contractor)
    const page = await visit(`/domains/${domain.id}`)
    await page.getByRole('link', { name: 'ドメインを削除する' }).click()
    await page.getByRole('link', { name: 'すぐに完全に削除する' }).click()
    await page.getByLabel('確認のためドメイン名を入力').fill('something.else.jp')
    await page.getByRole('button', { name: '完全に削除する' }).click()
    await page.getByRole('link', { name: /一致していません/ }).waitFor()
    await page.getByLabel('確認のためドメイン名を入力').fill(domain.name)
    await page.getByRole('button', { name: '完全に削除する' }).click()
    await page.waitForURL(/\/servers\/\d+\?apply=/)
    await page.getByRole('cell', { name: '削除中' }).waitFor()
  })

  for (const width of [390, 768, 1280]) {
    test(`PNL-02: no page is wider than a window of ${width} pixels, and none complains`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contractor, server, domain, mailbox } = await makeTenant()
      await mailbox.merge({ description: '長い説明'.repeat(20) }).save()
      const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.jp`
      const { domain: wide } = await makeDomain(server, long)
      const { mailbox: wideUser } = await makeMailbox(wide, server, 'c'.repeat(64))
      await browserContext.loginAs(contractor)
      const paths = [
        '/servers',
        `/servers/${server.id}`,
        `/servers/${server.id}/domains/create`,
        '/domains',
        `/domains/${domain.id}`,
        `/domains/${wide.id}`,
        `/domains/${wide.id}/mailboxes`,
        `/domains/${wide.id}/deletion`,
        `/domains/${wide.id}/suspension`,
        `/domains/${domain.id}/mailboxes`,
        `/domains/${domain.id}/mailboxes/create`,
        `/mailboxes/${wideUser.id}`,
        `/mailboxes/${mailbox.id}/edit`,
        `/mailboxes/${mailbox.id}/deletion`,
        '/password',
        '/operation_logs',
        '/domains/999999999',
      ]
      const page = await visit('/servers')
      await page.setViewportSize({ width, height: 844 })
      for (const path of paths) {
        await page.goto(path)
        assert.isAtMost(await overflowOf(page), 0, path)
      }
      assert.deepEqual(complaints, [])
    })
  }

  test('PNL-02: on a phone the menu opens without scripts', async ({ browserContext, visit }) => {
    const { contractor } = await makeTenant()
    await browserContext.loginAs(contractor)
    const page = await visit('/servers')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByText('メニュー', { exact: true }).click()
    await page.getByRole('link', { name: '操作ログ' }).click()
    await page.assertPath('/operation_logs')
  })

  test('PNL-02: every field has a label, every page a language, a title and one main heading', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { contractor, server, domain, mailbox } = await makeTenant()
    await browserContext.loginAs(contractor)
    const page = await visit('/servers')
    const paths = [
      `/servers/${server.id}`,
      `/servers/${server.id}/domains/create`,
      `/domains/${domain.id}/mailboxes/create`,
      `/mailboxes/${mailbox.id}/edit`,
      '/password',
    ]
    for (const path of paths) {
      await page.goto(path)
      const facts = await page.evaluate(() => ({
        language: document.documentElement.lang,
        headings: document.querySelectorAll('h1').length,
        nameless: [...document.querySelectorAll('main input:not([type=hidden])')]
          .filter((input) => !document.querySelector(`label[for="${input.id}"]`))
          .map((input) => input.outerHTML)
          .filter((html) => !html.includes('aria-hidden')),
        duplicates: [...document.querySelectorAll('[id]')]
          .map(({ id }) => id)
          .filter((id, index, all) => all.indexOf(id) !== index),
      }))
      assert.deepEqual(facts, { language: 'ja', headings: 1, nameless: [], duplicates: [] }, path)
      assert.match(await page.title(), / \| 司 Tsukasa$/)
    }
  })
})
