import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import { addWafException, setWaf } from '#models/domain/waf'
import WafException from '#models/waf_exception'
import { answerWith } from '#monitoring/questions'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

const event = {
  at: 1_795_384_090,
  id: 'awNjGYrGP9qOPGKNUKUUFAAAAAA',
  from: '2001:db8:1111:2222:3333:4444:5555:6666',
  method: 'POST',
  host: 'www.example.jp',
  path: `/wp-admin/${'long-'.repeat(30)}post.php`,
  query: `action=edit&text=${'%27'.repeat(80)}`,
  agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
  outcome: 'blocked',
  points: 15,
  rules: [
    { rule: 942100, target: 'ARGS:content', data: 's&sos' },
    { rule: 941100, target: 'ARGS:password' },
    { rule: 930120, target: 'REQUEST_COOKIES:lang', data: 'etc/passwd' },
  ],
}

const toldPath = event.path

const told = {
  events: [event, { ...event, outcome: 'detected', path: '/', rules: event.rules.slice(0, 1) }],
  more: true,
  days: {
    '2026-11-22': { blocked: 1234, detected: 5, unkept: 120_000 },
    '2026-11-21': { detected: 3 },
  },
}

test.group('The WAF in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02: no page of the WAF is wider than ${width} pixels`, async ({
      assert,
      browserContext,
      visit,
      cleanup,
    }) => {
      cleanup(answerWith(async () => told))
      const complaints = watch(browserContext)
      const { domain, contractor } = await makeTenant()
      await domain.load('server')
      await browserContext.loginAs(contractor)
      const page = await visit('/')
      await page.setViewportSize({ width, height: 844 })
      const base = `/domains/${domain.id}/web/waf`
      const look = async (path: string, name: string) => {
        await page.goto(path, { waitUntil: 'networkidle' })
        assert.isAtMost(await overflowOf(page), 0, path)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await look(base, 'unused')
      const actor = { by: contractor, ip: null }
      await setWaf(domain, { mode: 'block', level: 1, program: 'wordpress' }, actor)
      await addWafException(domain, { rule: 942100, path: '/wp-admin/*' }, actor)
      await addWafException(domain, { rule: 941100, path: null }, actor)
      await look(base, 'events')
      await look(`${base}/settings`, 'settings')
      await look(`${base}/exceptions`, 'exceptions')
      await look(`${base}/exceptions/create?rule=930120&path=/`, 'exception')
      await look(`/domains/${domain.id}/web`, 'web')
      assert.deepEqual(complaints, [])
    })
  }

  test('OPT-12: from an event to an exception in two clicks, without scripts too', async ({
    assert,
    browser,
    cleanup,
  }) => {
    cleanup(answerWith(async () => told))
    const { domain, admin } = await makeTenant()
    await domain.load('server')
    const actor = { by: admin, ip: null }
    await setWaf(domain, { mode: 'block', level: 1, program: 'none' }, actor)
    const baseURL = `http://${process.env.HOST}:${process.env.PORT}`
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'ja-JP', baseURL })
    await context.loginAs(admin)
    const page = await context.visit(`/domains/${domain.id}/web/waf`)
    await page.getByRole('link', { name: 'OSのファイルへのアクセス' }).first().click()
    await page.getByRole('button', { name: '例外にする' }).click()
    await page.getByText('WAFに例外を作りました').waitFor()
    await page.getByText('例外にしました').first().waitFor()
    const [exception] = await WafException.of(domain.id)
    assert.deepInclude(exception!.$attributes, {
      rule: 930120,
      path: toldPath,
      createdBy: admin.login,
    })
    await context.close()
  })
})
