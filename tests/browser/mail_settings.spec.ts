import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeMailbox, makeTenant, type Tenant } from '#database/factories/tenant'
import { generateDkimKey } from '#models/domain/dkim_key'
import Mailbox from '#models/mailbox'
import MailboxForward from '#models/mailbox_forward'
import env from '#start/env'
import { FakeDns } from '#tests/support/fake_dns'
import { overflowOf, watch } from '#tests/support/watched_page'

function pathsOf({ domain, mailbox }: Tenant) {
  const user = `/mailboxes/${mailbox.id}`
  const mail = `/domains/${domain.id}/mail`
  return [
    user,
    ...[
      'virus_warning',
      'spam_check',
      'allowed_senders',
      'rejected_senders',
      'forwards',
      'user_script',
      'ftp_right',
      'client_setup',
      'vacation',
    ].map((setting) => `${user}/${setting}`),
    mail,
    ...[
      'out_mx',
      'allowed_senders',
      'sending_limits',
      'dkim',
      'dkim/deletion',
      'mta_sts',
      'records',
    ].map((setting) => `${mail}/${setting}`),
    `/domains/${domain.id}/mailbox_deletions/create?mailboxes[]=${mailbox.id}`,
  ]
}

/** With everything on that makes a page longer. */
async function makeBusyTenant() {
  const tenant = await makeTenant()
  const { domain, admin, mailbox } = tenant
  const actor = { by: admin, ip: null }
  await domain.mail.useDkimKey(await generateDkimKey(), null, actor)
  await domain.mail.setMtaSts('testing', actor)
  await domain.mail.setOutMx(true, actor)
  const long = `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.jp`
  await mailbox.setForwarding({ to: [long], keep: true }, actor)
  await mailbox.setSenders('reject', [long, 'example.jp'], actor)
  return tenant
}

test.group('Mail settings in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02: no page of mail is wider than ${width} pixels; each names what it has`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const tenant = await makeBusyTenant()
      await browserContext.loginAs(tenant.admin)
      const page = await visit('/')
      await page.setViewportSize({ width, height: 844 })
      for (const path of pathsOf(tenant)) {
        await page.goto(path)
        assert.isAtMost(await overflowOf(page), 0, path)
        const facts = await page.evaluate(() => ({
          headings: document.querySelectorAll('h1').length,
          nameless: [...document.querySelectorAll('main :is(input:not([type=hidden]), textarea)')]
            .filter((field) => !document.querySelector(`label[for="${field.id}"]`))
            .map((field) => field.outerHTML),
          duplicates: [...document.querySelectorAll('[id]')]
            .map(({ id }) => id)
            .filter((id, index, all) => all.indexOf(id) !== index),
          untold: document.body.innerText.includes('translation missing'),
        }))
        assert.deepEqual(facts, { headings: 1, nameless: [], duplicates: [], untold: false }, path)
      }
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }

  test('MAIL-07: what is wrong with a line is said, and everything typed is still there', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { user, mailbox } = await makeTenant()
    await browserContext.loginAs(user)
    const page = await visit(`/mailboxes/${mailbox.id}`)
    await page.getByRole('link', { name: 'メール転送を変更' }).click()
    const typed = 'hanako@example.jp\ntaro..x@example.jp'
    await page.getByLabel('転送先のメールアドレス').fill(typed)
    await page.getByLabel('サーバに残さない').check()
    await page.getByRole('button', { name: '保存する' }).click()
    await page.getByRole('link', { name: /2行目「taro..x@example.jp」/ }).click()
    assert.equal(await page.evaluate(() => location.hash), '#forwards')
    assert.equal(await page.getByLabel('転送先のメールアドレス').inputValue(), typed)
    assert.isTrue(await page.getByLabel('サーバに残さない').isChecked())

    await page.getByLabel('転送先のメールアドレス').fill('ｈａｎａｋｏ＠example.jp')
    await page.getByRole('button', { name: '保存する' }).click()
    await page.waitForURL(/\?apply=/)
    await page.getByText('転送したメールを、サーバに残しません。').waitFor()
    assert.deepEqual(await MailboxForward.addressesOf(mailbox.id), ['hanako@example.jp'])
  })

  test('MAIL-11: the state of the records comes to a page that is there already', async ({
    assert,
    browserContext,
    visit,
    cleanup,
  }) => {
    const complaints = watch(browserContext)
    const { admin, domain, server } = await makeTenant()
    const dns = await FakeDns.start({
      [domain.name]: { mx: [[10, server.hostname]], txt: [['v=spf1 -all']] },
      [`_dmarc.${domain.name}`]: 'silent',
    })
    const before = env.get('DNS_SERVERS')
    env.set('DNS_SERVERS', dns.address)
    cleanup(() => {
      env.set('DNS_SERVERS', before ?? '')
      dns.stop()
    })
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}/mail`)
    const record = (title: string) => page.locator('.record', { hasText: title })
    await record('MX（受信）').getByText(`10 ${server.hostname}.`).waitFor({ timeout: 1000 })
    await record('MX（受信）').getByText('公開済み').waitFor()
    await record('SPF').getByText('内容が違う').waitFor()
    await record('SPF').getByText('v=spf1 -all').waitFor()
    await record('DMARC').getByText('確認できません').waitFor()
    await record('SPF')
      .getByRole('button', { name: /^v=spf1 .* をコピー$/ })
      .click()
    await page.getByText('コピーしました').waitFor()
    assert.deepEqual(complaints, [])
  })

  test('MAIL-01: all users of a page are ticked at once and deleted after a look at their names', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { admin, domain, server } = await makeTenant()
    for (const name of ['sato', 'suzuki']) await makeMailbox(domain, server, name)
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}/mailboxes`)
    await page.getByLabel('このページのユーザをすべて選ぶ').check()
    await page.getByRole('button', { name: '選んだユーザを削除' }).click()
    await page.getByText(`suzuki@${domain.name}`).waitFor()
    await page.getByRole('button', { name: '3人を削除する' }).click()
    await page.getByText('3人のユーザを削除しました。').waitFor()
    assert.lengthOf(await Mailbox.query().where('domain_id', domain.id), 1)
  })

  test('PNL-02: a list on a phone is sorted and ticked like one on a desk, and no focus is out of sight', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { admin, domain, server } = await makeTenant()
    for (const name of ['sato', 'suzuki']) await makeMailbox(domain, server, name)
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}/mailboxes`)
    await page.setViewportSize({ width: 390, height: 844 })
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('main :is(a, button, input:not([type=hidden]))')]
        .filter((each) => each.checkVisibility())
        .filter((each) => {
          const { width, height } = (each.closest('th') ?? each).getBoundingClientRect()
          return width < 20 || height < 20
        })
        .map(({ outerHTML }) => outerHTML)
    )
    assert.deepEqual(small, [])
    await page.getByRole('link', { name: '追加日時' }).click()
    await page.waitForURL(/sort=created/)
    await page.getByText('すべて選ぶ', { exact: true }).click()
    await page.getByRole('button', { name: '選んだユーザを削除' }).click()
    await page.getByRole('button', { name: '3人を削除する' }).waitFor()
  })

  test('PNL-02: the menu of a phone closes by Escape, and focus is where it was opened', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { user, mailbox } = await makeTenant()
    await browserContext.loginAs(user)
    const page = await visit(`/mailboxes/${mailbox.id}`)
    await page.setViewportSize({ width: 390, height: 844 })
    const menu = page.locator('summary', { hasText: 'メニュー' })
    const entry = page.locator('.menu').getByRole('link', { name: '操作ログ' })
    await menu.click()
    await entry.focus()
    await page.keyboard.press('Escape')
    await entry.waitFor({ state: 'hidden' })
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'メニュー')
  })

  test('PNL-02: without scripts the same, one by one', async ({ assert, browser }) => {
    const { admin, domain, server, mailbox } = await makeTenant()
    await makeMailbox(domain, server, 'sato')
    const baseURL = `http://${process.env.HOST}:${process.env.PORT}`
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'ja-JP', baseURL })
    await context.loginAs(admin)
    const page = await context.visit(`/domains/${domain.id}/mailboxes`)
    assert.equal(await page.getByLabel('このページのユーザをすべて選ぶ').isVisible(), false)
    await page.getByLabel('sato を選ぶ').check()
    await page.getByRole('button', { name: '選んだユーザを削除' }).click()
    await page.getByRole('button', { name: '1人を削除する' }).click()
    await page.getByText('1人のユーザを削除しました。').waitFor()

    await page.goto(`/mailboxes/${mailbox.id}/spam_check`)
    await page.getByLabel('隔離').check()
    await page.getByRole('button', { name: '保存する' }).click()
    await page.getByText('する（普通・隔離）').waitFor()

    await page.goto(`/domains/${domain.id}/mail`)
    await page.getByRole('link', { name: 'DNSに公開されているか確認する' }).click()
    await page.getByText('確認できません').first().waitFor()
    await context.close()
  })
})
