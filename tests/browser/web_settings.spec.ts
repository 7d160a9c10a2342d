import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import { answerWith } from '#monitoring/questions'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

const own = {
  values: {
    'memory_limit': ['99M', 'php.ini'],
    'mbstring.detect_order': ['UTF-8,SJIS-win,EUC-JP,JIS,ASCII', 'mb.ini'],
  },
  broken: ['old.ini'],
}

async function makeWebTenant() {
  const tenant = await makeTenant()
  await tenant.server.merge({ phpVersions: '8.4,8.2' }).save()
  await tenant.domain.load('server')
  const actor = { by: tenant.contractor, ip: null }
  await tenant.domain.web.setErrorPages({ 404: `/${'long-'.repeat(20)}404.html` }, actor)
  await tenant.domain.web.setPhpValues({ memory_limit: '512' }, actor)
  return tenant
}

test.group('Web settings in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02: no page of the web is wider than ${width} pixels; each names what it has`, async ({
      assert,
      browserContext,
      visit,
      cleanup,
    }) => {
      cleanup(answerWith(async () => own))
      const complaints = watch(browserContext)
      const { domain, server, contractor } = await makeWebTenant()
      await browserContext.loginAs(contractor)
      const page = await visit('/')
      await page.setViewportSize({ width, height: 844 })
      const web = `/domains/${domain.id}/web`
      for (const path of [
        web,
        ...['php', 'php_ini', 'php_ini/own', 'error_pages', 'htaccess'].map(
          (each) => `${web}/${each}`
        ),
        `/servers/${server.id}/php_switches/create`,
        `/servers/${server.id}/php_switches/create?from=8.4&to=8.2&ports[]=http&ports[]=https`,
      ]) {
        await page.goto(path, { waitUntil: 'networkidle' })
        assert.isAtMost(await overflowOf(page), 0, path)
        const facts = await page.evaluate(() => ({
          headings: document.querySelectorAll('h1').length,
          nameless: [...document.querySelectorAll('main :is(input:not([type=hidden]), select)')]
            .filter((field) => !document.querySelector(`label[for="${field.id}"]`))
            .map((field) => field.outerHTML),
          duplicates: [...document.querySelectorAll('[id]')]
            .map(({ id }) => id)
            .filter((id, index, all) => all.indexOf(id) !== index),
          untold: /translation missing|undefined|null/.test(document.body.innerText),
        }))
        assert.deepEqual(facts, { headings: 1, nameless: [], duplicates: [], untold: false }, path)
        const name = path.replace(/\/\d+/g, '').replaceAll('/', '_').replace(/\?.*/, '-confirm')
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }

  test('WEB-03: what is wrong is said at its setting, everything typed stays, and a right value is saved', async ({
    assert,
    browserContext,
    visit,
    cleanup,
  }) => {
    cleanup(answerWith(async () => own))
    const { domain, admin } = await makeWebTenant()
    await browserContext.loginAs(admin)
    const page = await visit(`/domains/${domain.id}/web`)
    await page.getByRole('link', { name: 'php.iniを変更' }).click()
    await page.getByText('99M').waitFor()
    await page.getByLabel('アップロードできるファイルの大きさ').fill('５００')
    await page.getByLabel('タイムゾーン').selectOption('UTC')
    await page.getByRole('button', { name: '保存する' }).click()
    await page.getByRole('link', { name: /送信できるデータの大きさは/ }).click()
    assert.equal(await page.evaluate(() => location.hash), '#upload_max_filesize')
    if (shots) await page.screenshot({ path: `${shots}/php_ini-wrong.png`, fullPage: true })
    assert.equal(await page.getByLabel('タイムゾーン').inputValue(), 'UTC')
    await page.getByLabel('送信できるデータの大きさ').fill('510')
    await page.getByRole('button', { name: '保存する' }).click()
    await page.getByText('4 項目を変更しています').waitFor()

    await page.getByRole('link', { name: 'PHPのバージョンを変更' }).click()
    await page.getByLabel('ステージング https').selectOption('8.2')
    await page.getByRole('button', { name: '保存する' }).click()
    await page.getByText('ステージング 8.4、8.2').waitFor()
  })
})
