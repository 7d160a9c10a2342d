import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import ComputeNode from '#models/compute_node'
import ServerAddress from '#models/server_address'
import { overflowOf, watch } from '#tests/support/watched_page'

const shots = process.env.SHOTS

test.group('Address pools in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  for (const width of [390, 1280]) {
    test(`NET-01: at ${width} pixels staff put addresses in, keep some and take others out`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const facts = { cidr: '198.51.100.0/24', gateway: '198.51.100.1' }
      const node = await ComputeNode.create({ name: 'node-1', driver: 'lxd', ...facts })
      const { server } = await makeTenant()
      await server.merge({ computeNodeId: node.id }).save()
      await browserContext.withGuard('staff').loginAs(await makeStaff())
      const page = await visit('/staff/address_pools')
      await page.setViewportSize({ width, height: 844 })
      const looked = async (name: string) => {
        assert.isAtMost(await overflowOf(page), 0, name)
        assert.notInclude(await page.innerText('body'), 'translation missing', name)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await looked('address-pools-empty')
      await page.getByRole('link', { name: 'アドレスを加える' }).click()
      await page.getByLabel('範囲').fill('198.51.100.1')
      await page.getByRole('button', { name: '加える', exact: true }).click()
      await page.getByText('割り当てられるアドレスがありません').first().waitFor()
      await looked('address-pool-mistake')
      await page.getByLabel('範囲').fill('198.51.100.0/29')
      await page.getByRole('button', { name: '加える', exact: true }).click()
      await page.getByText('6個のアドレスを node-1 に加えました').waitFor()
      const first = await ServerAddress.findByOrFail('address', '198.51.100.2')
      await first.merge({ serverId: server.id }).save()

      await page.getByLabel('198.51.100.3 を選ぶ').check()
      await page.getByLabel('予約するときの用途').fill('ロードバランサの VIP')
      await page.getByRole('button', { name: '選んだアドレスを予約する' }).click()
      await page.getByText('1個のアドレスを予約しました').waitFor()
      await looked('address-pool')
      await page.getByLabel('198.51.100.4 を選ぶ').check()
      await page.getByRole('button', { name: '選んだアドレスを外す' }).click()
      await page.getByText('1個のアドレスを node-1 から外しました').waitFor()
      await page.getByRole('link', { name: '予約', exact: false }).first().click()
      await page.getByLabel('198.51.100.3 を選ぶ').check()
      await page.getByRole('button', { name: '選んだアドレスの予約を解く' }).click()
      await page.getByText('予約を解きました').waitFor()
      await page.getByRole('button', { name: '選んだアドレスを外す' }).click()
      await page.getByText('アドレスを').first().waitFor()
      await looked('address-pool-nothing-chosen')
      await page.goto('/staff/address_pools')
      await looked('address-pools')
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
