import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import { lockName } from '#models/domain/name_claim'
import Zone from '#models/zone'
import { addDns } from '#models/zone/of_domain'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

test.group('DNS of a domain in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  for (const width of [390, 1280]) {
    test(`DOM-04: at ${width} pixels the basic DNS is changed, watched until it is answered, and becomes a zone to edit`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { domain, server, contractor } = await makeTenant()
      await server.merge({ address: '203.0.114.7' }).save()
      await db.transaction(async (client) => {
        await lockName(domain.name, client)
        await addDns(domain, { by: contractor, ip: null }, client)
      })
      await browserContext.loginAs(contractor)
      const page = await visit(`/domains/${domain.id}/dns`)
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }

      await page.getByRole('link', { name: '基本DNSを変更する' }).click()
      await looked('dns-edit')
      await page.getByLabel('ほかのサーバを利用する').check()
      await page.locator('#web_target').fill('198.51.100.1')
      await page.getByRole('button', { name: '保存する' }).click()
      // An address that the whole world does not reach is told at its field
      await page.locator('.error-summary').waitFor()
      await looked('dns-mistake')
      await page.locator('#web_target').fill('8.8.8.8')
      await page.getByRole('button', { name: '保存する' }).click()
      const state = page.locator('.apply')
      assert.include(await state.innerText(), 'ネームサーバに反映しています')
      await looked('dns-saved')

      const zone = await Zone.findByOrFail('name', domain.name)
      const published = { published_serial: zone.serial, secondary_serial: zone.serial }
      await db.from('zones').where('id', zone.id).update(published)
      await state.getByText('ネームサーバに反映しました').waitFor()

      await page.getByRole('button', { name: 'DNSサービスのゾーンにする' }).click()
      await page.waitForURL(`**/zones/${zone.id}`)
      await looked('dns-service')
      await page.goto(new URL(`/domains/${domain.id}/dns`, page.url()).href)
      await page.getByRole('link', { name: '基本DNSに戻す' }).click()
      await looked('dns-back')
      await page.getByRole('button', { name: '基本DNSに戻す' }).click()
      await page.waitForURL(`**/domains/${domain.id}/dns`)
      const back = await Zone.findOrFail(zone.id)
      assert.equal(back.source, 'domain')
      assert.deepEqual(complaints, [])
    })
  }
})
