import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import {
  makeDeletion,
  makeDomain,
  makeNameClaim,
  makeStaff,
  makeTenant,
} from '#database/factories/tenant'
import DomainDeletion from '#models/domain_deletion'
import { overflowOf, watch } from '#tests/support/watched_page'

test.group('Domains in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('DOM-02: whether a name is free is said while it is typed', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { contractor, server } = await makeTenant()
    const other = await makeTenant()
    await makeDomain(other.server, 'hatsukari.smc-msv.jp')
    await browserContext.loginAs(contractor)
    const page = await visit(`/servers/${server.id}/ready_domains/create`)
    const told = page.locator('[data-ready-name]')
    await page.getByLabel('使いたい名前').pressSequentially('hatsukari')
    await told.getByText('すでに使われています').waitFor()
    await page.getByLabel('.l-biz.jp', { exact: true }).check()
    await told.getByText('利用できます').waitFor()
    await told.getByText('hatsukari.l-biz.jp').waitFor()
    await page.getByLabel('使いたい名前').fill('お店')
    await told.getByText('半角の英字').waitFor()
    await page.getByLabel('使いたい名前').fill('')
    await page.waitForFunction(() => !document.querySelector('[data-ready-name]')!.textContent)
    assert.deepEqual(complaints, [])
  })

  test('DOM-05: a domain is deleted and restored by its pages', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { contractor, domain } = await makeTenant()
    await browserContext.loginAs(contractor)
    const page = await visit(`/domains/${domain.id}`)
    await page.getByRole('link', { name: 'ドメインを削除する' }).click()
    await page.getByLabel('確認のためドメイン名を入力').fill(domain.name)
    await page.getByRole('button', { name: '削除する' }).click()
    await page.getByRole('heading', { name: domain.name }).waitFor()
    await page.getByText('元に戻せます').first().waitFor()
    assert.isNotNull(await DomainDeletion.findBy('domainId', domain.id))

    await page.goto('/domains')
    await page.getByRole('link', { name: '削除したドメイン' }).click()
    await page.getByRole('link', { name: domain.name }).click()
    await page.getByRole('button', { name: 'ドメインを元に戻す' }).click()
    await page.assertPath(`/domains/${domain.id}`)
    assert.isNull(await DomainDeletion.findBy('domainId', domain.id))
    assert.deepEqual(complaints, [])
  })

  for (const width of [1280, 390, 320]) {
    test(`PNL-02: pages of names and deletions fit into ${width} pixels`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contractor, server } = await makeTenant()
      const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.jp`
      const { domain } = await makeDomain(server, long)
      const { domain: waiting } = await makeDomain(server, `x.${long}`)
      const deletion = await makeDeletion(waiting)
      const claim = await makeNameClaim(server, `${'c'.repeat(60)}.${long}`)
      const { domain: ready } = await makeDomain(server, 'hatsukari.smc-msv.jp')
      await ready.merge({ kind: 'ready' }).save()
      await browserContext.loginAs(contractor)
      const page = await visit('/domains')
      await page.setViewportSize({ width, height: 844 })
      const paths = [
        '/domains',
        `/domains/${ready.id}`,
        `/domains/${domain.id}`,
        `/servers/${server.id}/ready_domains/create`,
        `/servers/${server.id}/domains/create`,
        `/servers/${server.id}/ready_name?label=hatsukari&suffix=smc-msv.jp`,
        `/servers/${server.id}/name_claims/create?name=${long}`,
        '/name_claims',
        `/name_claims/${claim.id}`,
        `/domains/${domain.id}/deletion`,
        `/domains/${domain.id}/removal`,
        '/domain_deletions',
        `/domain_deletions/${deletion.id}`,
      ]
      for (const path of paths) {
        await page.goto(path)
        assert.isAtMost(await overflowOf(page), 0, path)
        assert.equal(await page.locator('h1').count(), 1, path)
      }
      assert.deepEqual(complaints, [])
    })
  }

  test('PNL-02: pages of staff who decide fit into a phone', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const [holder, claimant] = [await makeTenant(), await makeTenant()]
    const deletion = await makeDeletion(holder.domain)
    const claim = await makeNameClaim(claimant.server, holder.domain.name, 'proved')
    await browserContext.withGuard('staff').loginAs(await makeStaff())
    const page = await visit('/staff/name_claims')
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 })
      for (const path of [
        '/staff/name_claims',
        `/staff/name_claims/${claim.id}`,
        '/staff/domain_deletions',
        `/staff/domain_deletions/${deletion.id}`,
      ]) {
        await page.goto(path)
        assert.isAtMost(await overflowOf(page), 0, path)
      }
    }
    assert.deepEqual(complaints, [])
  })
})
