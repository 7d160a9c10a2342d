import { createPrivateKey } from 'node:crypto'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeCertificate, makeTenant } from '#database/factories/tenant'
import AutomaticCertificate from '#models/automatic_certificate'
import Certificate from '#models/certificate'
import { checkCertificate } from '#models/certificate/check'
import { webNames } from '#models/certificate/names'
import { certificatesIn } from '#models/certificate/read'
import { setHttps } from '#models/domain/https'
import { CertificateAuthority } from '#tests/support/certificate_authority'
import { overflowOf, watch } from '#tests/support/watched_page'

/** With a certificate in use, a request that waits, and a failed try of the authority. */
async function makeBusyTenant() {
  const tenant = await makeTenant()
  const { domain, admin } = tenant
  const actor = { by: admin, ip: null }
  const root = await CertificateAuthority.create()
  const made = await root.issue({ names: webNames(domain.name) })
  const checked = checkCertificate({
    certificates: certificatesIn(made.certificate + root.certificate, 'certificate'),
    key: createPrivateKey(made.key),
    wanted: webNames(domain.name),
  })
  const key = createPrivateKey(made.key)
  const wish = { source: 'upload', key, names: checked.names, checked } as const
  const used = await Certificate.upload(domain, wish, actor)
  await setHttps(domain, { redirect: true, hstsSeconds: 300, http2: true }, actor)
  const waiting = await makeCertificate(domain)
  const names = webNames(domain.name).map((name) => ({ name, problem: 'points_elsewhere' }))
  await AutomaticCertificate.create({
    ...{ domainId: domain.id, state: 'failed', failure: 'no_name_points_here', ordered: '[]' },
    names: JSON.stringify(names),
  })
  return { ...tenant, used, waiting, made, root }
}

test.group('Certificates in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02: no page of certificates is wider than ${width} pixels; each names what it has`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { domain, admin, used, waiting } = await makeBusyTenant()
      await browserContext.loginAs(admin)
      const page = await visit('/')
      await page.setViewportSize({ width, height: 844 })
      const base = `/domains/${domain.id}/web`
      for (const path of [
        base,
        `${base}/certificates`,
        `${base}/certificates/create`,
        `${base}/certificates/${used.id}`,
        `${base}/certificates/${waiting.id}`,
        `${base}/certificates/${waiting.id}/deletion`,
        `${base}/certificate_stop`,
        `${base}/certificate_requests/create`,
        `${base}/automatic_certificate`,
        `${base}/https`,
      ]) {
        await page.goto(path)
        assert.isAtMost(await overflowOf(page), 0, path)
        const facts = await page.evaluate(() => ({
          headings: document.querySelectorAll('h1').length,
          duplicates: [...document.querySelectorAll('[id]')]
            .map(({ id }) => id)
            .filter((id, index, all) => all.indexOf(id) !== index),
          untold: document.body.innerText.includes('translation missing'),
        }))
        assert.deepEqual(facts, { headings: 1, duplicates: [], untold: false }, path)
      }
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }

  test('OPT-05: a key and certificate are pasted, a mistake is said and what was typed is kept but for the key', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { domain, admin, made, root } = await makeBusyTenant()
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}/web/certificates/create`)
    await page.getByLabel('秘密鍵').fill(made.key)
    await page.getByLabel('サーバ証明書').fill(made.certificate)
    await page.getByRole('button', { name: '登録して使い始める' }).click()
    await page.getByRole('link', { name: /中間CA証明書が足りません/ }).waitFor()
    assert.equal(await page.getByLabel('秘密鍵').inputValue(), '')
    const kept = await page.getByLabel('サーバ証明書').inputValue()
    assert.equal(kept.trim(), made.certificate.trim())
    await page.getByLabel('秘密鍵').fill(made.key)
    await page.getByLabel('中間CA証明書').fill(root.certificate)
    await page.getByRole('button', { name: '登録して使い始める' }).click()
    await page.waitForURL(/\?apply=/)
    await page.getByText('証明書を登録しました').waitFor()
  }).timeout(60_000)
})
