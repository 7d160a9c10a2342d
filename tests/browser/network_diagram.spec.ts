import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeServer, makeTenant } from '#database/factories/tenant'
import FirewallRule from '#models/firewall_rule'
import PrivateNetwork from '#models/private_network'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

test.group('The network diagram in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  for (const width of [390, 1280]) {
    test(`NET-04: at ${width} pixels the picture can be read, and its boxes lead to their servers`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contractor, contract, server } = await makeTenant()
      const description = 'とても長い説明文のついた本番環境のショップのサーバ'
      await server.merge({ privateAddress: '10.20.30.2', description }).save()
      const others = []
      for (const state of ['stopped', 'running', 'building', 'failed'] as const) {
        others.push(await makeServer(contract, state))
      }
      await others[0].merge({ globalConnected: false, privateAddress: '10.20.30.3' }).save()
      await others[3].merge({ privateAddress: '10.20.30.4' }).save()
      const bridge = { cidr: '10.20.30.0/24', bridge: 'tsk-p1' }
      await PrivateNetwork.create({ contractId: contract.id, ...bridge })
      const rule = { serverId: server.id, port: '25', sources: '["192.0.2.0/24"]' }
      await FirewallRule.create(rule)
      await browserContext.loginAs(contractor)
      const page = await visit('/servers')
      await page.setViewportSize({ width, height: 844 })
      await page.getByRole('link', { name: '構成図' }).click()
      const picture = page.locator('svg.diagram__picture:visible')
      assert.equal(await picture.count(), 1)
      assert.isAtMost(await overflowOf(page), 0)
      if (shots) await page.screenshot({ path: `${shots}/diagram-${width}.png`, fullPage: true })

      // What is drawn as text is neither too small nor wider than its box
      const texts = await picture.locator('text').evaluateAll((all) =>
        all.map((each) => {
          const box = each.closest('a')?.querySelector('rect')?.getBoundingClientRect()
          const own = each.getBoundingClientRect()
          return {
            height: own.height,
            over: box ? own.right - box.right : 0,
            text: each.textContent,
          }
        })
      )
      for (const { height, over, text } of texts) {
        assert.isAtLeast(height, 13, String(text))
        assert.isAtMost(over, 0, String(text))
      }
      await picture.getByRole('link', { name: others[0].name }).click()
      await page.waitForURL(`**/servers/${others[0].id}`)
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
