import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeServer, makeStaff, makeTenant } from '#database/factories/tenant'
import FirewallRule from '#models/firewall_rule'
import { networkDiagramOf } from '#models/network_diagram'
import PrivateNetwork from '#models/private_network'
import ServerAddress from '#models/server_address'
import { queriesOf } from '#tests/support/counted_queries'

async function makeNetwork() {
  const tenant = await makeTenant()
  const { server, contract } = tenant
  await server.merge({ privateAddress: '10.20.30.2', description: '本番 <EC>' }).save()
  const cut = await makeServer(contract, 'stopped')
  await cut.merge({ globalConnected: false }).save()
  await PrivateNetwork.create({ contractId: contract.id, cidr: '10.20.30.0/24', bridge: 'tsk-p1' })
  const { id: serverId, computeNodeId } = server
  await ServerAddress.create({ serverId, computeNodeId, address: '198.51.100.77' })
  const rules = [['25', '["192.0.2.0/24"]'] as const, ['21', '["127.0.0.1"]'] as const]
  for (const [port, sources] of rules) await FirewallRule.create({ serverId, port, sources })
  return { ...tenant, cut }
}

test.group('The network diagram', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('NET-04: it shows what the rows say: addresses, firewall, both networks and states', async ({
    assert,
    client,
  }) => {
    const { contractor, server, cut } = await makeNetwork()
    const page = await client.get('/network_diagram').loginAs(contractor)
    for (const text of [
      server.name,
      `${server.address} ほか1個`,
      'ファイアウォール：1ポートを制限、1ポートを閉鎖',
      'プライベート：10.20.30.2',
      'プライベートネットワーク 10.20.30.0/24',
      '● 稼働中',
      '■ 停止中',
      '✕ 切断中',
      '198.51.100.77',
      `href="/servers/${cut.id}"`,
      '本番 &lt;EC&gt;',
    ]) {
      page.assertTextIncludes(text)
    }
    assert.notInclude(page.text(), '<EC>')
    assert.match(page.text(), /<title id="diagram-title-1">/)
    assert.match(page.text(), /aria-label="[^"]*切断中/)
  })

  test('NET-04: servers of other contracts, and those that ended, are not in it', async ({
    assert,
    client,
  }) => {
    const { contractor, cut } = await makeNetwork()
    const other = await makeTenant()
    await cut.merge({ state: 'ended' }).save()
    const page = await client.get('/network_diagram').loginAs(contractor)
    assert.notInclude(page.text(), cut.name)
    assert.notInclude(page.text(), other.server.name)
  })

  test('NET-04: staff see the same picture, which leads to their own pages', async ({ client }) => {
    const { contract, server } = await makeNetwork()
    const path = `/staff/contracts/${contract.id}/network_diagram`
    const page = await client
      .get(path)
      .withGuard('staff')
      .loginAs(await makeStaff())
    page.assertTextIncludes(`href="/staff/servers/${server.id}"`)
  })

  test('NET-04: many servers are many pages, and ask the database no more often', async ({
    assert,
    client,
  }) => {
    const { contract, contractor } = await makeNetwork()
    const few = await queriesOf(() => networkDiagramOf(contract.id, 1))
    const servers = await Promise.all(Array.from({ length: 30 }, () => makeServer(contract)))
    // Counting comes on top when there is more than one page
    const many = await queriesOf(() => networkDiagramOf(contract.id, 1))
    assert.isAtMost(many, few + 1)
    const first = await client.get('/network_diagram').loginAs(contractor)
    assert.notInclude(first.text(), servers[29].name)
    const second = await client.get('/network_diagram?page=2').loginAs(contractor)
    second.assertTextIncludes(servers[29].name)
  })
})
