import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makePhysicalMachine, wellFacts } from '#database/factories/physical_machine'
import { makeNode, makeStaff, makeTenant } from '#database/factories/tenant'
import { programs } from '#compute/adopted/inspection'
import ComputeNode from '#models/compute_node'
import Order from '#models/order'
import { overflowOf, watch } from '#tests/support/watched_page'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBPF0JVD2jKX/bR+vLpPAbW3cI9CzvQbmgSydb0WVOoX'

const reading = {
  ...{ cores: 16, memoryMb: 65_536, freeMemoryMb: 40_000, diskMb: 500_000, freeDiskMb: 90_000 },
  ...{ daemon: 'lxd 5.0.2', imageVersion: '16c996fea6ff' },
}

async function lookedAt(changes: Partial<typeof wellFacts>) {
  const machine = await makePhysicalMachine({ state: 'registered' })
  await machine.noteLook(key, { ...wellFacts, ...changes })
  return machine
}

test.group('Machines of the provider’s own in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02, SRV-02: no page of nodes and machines is wider than ${width} pixels`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const staff = await makeStaff()
      const { contract, server } = await makeTenant()
      const node = await ComputeNode.findOrFail(server.computeNodeId)
      await node.noteReading(reading)
      const silentNode = await makeNode()
      await silentNode.noteUnread('unreachable')
      const fit = await lookedAt({ cores: 4 })
      const unfit = await lookedAt({ system: 'ubuntu', title: 'Ubuntu 24.04', missing: programs })
      const silent = await makePhysicalMachine({ state: 'registered' })
      await silent.noteFailure('unreachable', 'x'.repeat(200))
      await makePhysicalMachine()
      const request = { contractId: contract.id, kind: 'physical_server_addition', token: 'a' }
      const wish = { ...request, details: { plan: 'SSD' }, dueOn: '2030-01-15' }
      const order = await Order.enter(wish, staff)
      const empty = await Order.enter({ ...wish, details: { plan: 'SAS' }, token: 'b' }, staff)
      await browserContext.withGuard('staff').loginAs(staff)
      const page = await visit('/staff')
      await page.setViewportSize({ width, height: 844 })
      for (const path of [
        '/staff/compute_nodes',
        `/staff/compute_nodes/${node.id}`,
        `/staff/compute_nodes/${node.id}/edit`,
        '/staff/physical_machines',
        '/staff/physical_machines/create',
        ...[fit, unfit, silent].map(({ id }) => `/staff/physical_machines/${id}`),
        `/staff/orders/${order.id}`,
        `/staff/orders/${order.id}/machine/create`,
        `/staff/orders/${empty.id}/machine/create`,
      ]) {
        await page.goto(path)
        if (process.env.SHOTS) {
          const file = `${process.env.SHOTS}/${width}${path.replaceAll('/', '_')}.png`
          await page.screenshot({ path: file, fullPage: true })
        }
        assert.equal(await overflowOf(page), 0, path)
      }
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
