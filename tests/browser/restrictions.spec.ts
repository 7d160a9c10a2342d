import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import type Account from '#models/account'
import Restriction from '#models/restriction'
import { featuresOf } from '#models/restriction/feature'
import { overflowOf, watch } from '#tests/support/watched_page'

/** Everything is restricted, by both. */
async function makeRestrictedTenant() {
  const tenant = await makeTenant()
  const { domain, contractor, admin } = tenant
  const impose =
    (by: Account, exempt: string[]) => (feature: Parameters<typeof Restriction.impose>[1]) =>
      Restriction.impose(domain, feature, { exempt }, { by, ip: null })
  for (const feature of featuresOf('contractor')) {
    await impose(contractor, feature === 'ssh' ? [] : ['admin'])(feature)
  }
  for (const feature of featuresOf('domain_admin')) await impose(admin, [])(feature)
  return tenant
}

const settings = [
  'description',
  'forwards',
  'spam_check',
  'allowed_senders',
  'rejected_senders',
  'virus_warning',
  'user_script',
]

function pathsOf({ domain, mailbox }: Tenant) {
  const own = `/domains/${domain.id}`
  const user = `/mailboxes/${mailbox.id}`
  return {
    contractor: [own, `${own}/restrictions`, `${own}/restrictions/ssh`],
    admin: [own, `${own}/restrictions`, `${own}/restrictions/forwarding`, `${user}/edit`],
    user: [user, '/password', ...settings.map((each) => `${user}/${each}`)],
  }
}

test.group('Feature restriction in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    for (const role of ['contractor', 'admin', 'user'] as const) {
      test(`USR-08: at ${width} pixels ${role} reads what is restricted, and no page is wider`, async ({
        assert,
        browserContext,
        visit,
      }) => {
        const complaints = watch(browserContext)
        const tenant = await makeRestrictedTenant()
        await browserContext.loginAs(tenant[role])
        const page = await visit('/')
        await page.setViewportSize({ width, height: 844 })
        for (const path of pathsOf(tenant)[role]) {
          await page.goto(path)
          assert.isAtMost(await overflowOf(page), 0, path)
          assert.notInclude(await page.innerText('body'), 'translation missing', path)
        }
        assert.deepEqual(complaints, [])
      })
    }
  }

  test('USR-08: the domain admin restricts, the user reads his settings but finds nothing to send', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { domain, admin, user, mailbox } = await makeTenant()
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}`)
    await page.getByRole('link', { name: '機能制限' }).first().click()
    await page.getByRole('link', { name: 'メール転送を変更' }).click()
    await page.getByLabel('制限する').check()
    await page.getByRole('button', { name: '保存する' }).click()
    await page.waitForURL(/restrictions$/)
    assert.include(await page.innerText('main'), '「メール転送」の制限を保存しました。')

    await browserContext.loginAs(user)
    // The plugin doesn't wait until a session that was there already is somebody else's
    await browserContext.setSession({})
    await page.goto(`/mailboxes/${mailbox.id}`)
    await page.getByRole('link', { name: 'メール転送を確認' }).click()
    assert.include(await page.innerText('main'), 'ドメイン管理者が制限しています')
    assert.isTrue(await page.getByLabel('転送先のメールアドレス').isDisabled())
    assert.equal(await page.locator('main button:visible').count(), 0)
    assert.isTrue(await page.getByText('いまは変更できません').isVisible())
  })
})
