import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import FirewallRule from '#models/firewall_rule'
import OperationLog from '#models/operation_log'
import PrivateNetwork from '#models/private_network'
import Task from '#models/task'

test.group('Networks of a server', (group) => {
  let tenant: Tenant
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(async () => {
    tenant = await makeTenant()
    await tenant.server.merge({ state: 'running' }).save()
  })

  const sourcesOf = (port: string) => FirewallRule.sourcesOf(tenant.server.id, port)

  test('NET-03: a list is kept in one spelling, logged by port and applied without any domain', async ({
    assert,
    client,
  }) => {
    const response = await client
      .put(`/servers/${tenant.server.id}/firewall/80`)
      .withCsrfToken()
      .loginAs(tenant.contractor)
      .redirects(0)
      .form({ sources: '192.0.2.7/24\n::ffff:198.51.100.1\n2001:DB8:0::1' })
    response.assertStatus(302)
    assert.deepEqual(await sourcesOf('80'), ['192.0.2.0/24', '198.51.100.1', '2001:db8::1'])
    const line = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(line.action, 'firewall_rule.update')
    assert.equal(line.target, `${tenant.server.name} 80`)
    const task = await Task.query().orderBy('id', 'desc').firstOrFail()
    assert.deepInclude(JSON.parse(task.payload as unknown as string), { domainIds: [] })
  })

  for (const [what, sources] of [
    ['everybody', '0.0.0.0/0'],
    ['leading zeros', '010.0.0.1'],
    ['no address', 'example.jp'],
    ['51 of them', Array.from({ length: 51 }, (_, index) => `192.0.2.${index}`).join('\n')],
    ['a command', '192.0.2.1 }; flush ruleset; #'],
  ]) {
    test(`NET-03: ${what} is refused at the field`, async ({ assert, client }) => {
      const path = `/servers/${tenant.server.id}/firewall/25`
      await client
        .put(path)
        .withCsrfToken()
        .loginAs(tenant.contractor)
        .redirects(0)
        .form({ sources })
      assert.deepEqual(await sourcesOf('25'), [])
    })
  }

  test('NET-03: who would shut himself out of SSH is warned, and may do it knowingly', async ({
    assert,
    client,
  }) => {
    const send = (more: Record<string, string>) =>
      client
        .put(`/servers/${tenant.server.id}/firewall/11122`)
        .withCsrfToken()
        .loginAs(tenant.contractor)
        .redirects(0)
        .form({ sources: '127.0.0.9', ...more })
    await send({})
    assert.deepEqual(await sourcesOf('11122'), [])
    await send({ 'accepts_lock_out[]': 'on' })
    assert.deepEqual(await sourcesOf('11122'), ['127.0.0.9'])
  })

  test('NET-03: ports of HTTPS wait for SSL, and other ports are none', async ({
    assert,
    client,
  }) => {
    const send = (port: string) =>
      client
        .put(`/servers/${tenant.server.id}/firewall/${port}`)
        .withCsrfToken()
        .loginAs(tenant.contractor)
        .redirects(0)
        .form({ sources: '192.0.2.1' })
    await send('443')
    assert.deepEqual(await sourcesOf('443'), [])
    const other = await send('3306')
    other.assertStatus(404)
  })

  test('NET-01: disconnecting resets the firewall', async ({ assert, client }) => {
    const { server, contractor } = tenant
    await FirewallRule.create({ serverId: server.id, port: '80', sources: '["192.0.2.1"]' })
    await client
      .put(`/servers/${server.id}/global_connection`)
      .withCsrfToken()
      .loginAs(contractor)
      .redirects(0)
      .form({ connected: 'off' })
    await server.refresh()
    assert.isFalse(server.globalConnected)
    assert.deepEqual(await sourcesOf('80'), [])
  })

  test('NET-02: a contract has one network, and each server one address of it', async ({
    assert,
    client,
  }) => {
    const { server, contractor } = tenant
    const send = (connected: string) =>
      client
        .put(`/servers/${server.id}/private_connection`)
        .withCsrfToken()
        .loginAs(contractor)
        .redirects(0)
        .form({ connected })
    await send('on')
    await send('on')
    const networks = await PrivateNetwork.query().where('contractId', server.contractId)
    assert.lengthOf(networks, 1)
    await server.refresh()
    assert.match(String(server.privateAddress), /^10\.\d+\.\d+\.1$/)
    await send('off')
    await server.refresh()
    assert.isNull(server.privateAddress)
  })

  test('NET-01, NET-02, NET-03: every page of it is shown', async ({ assert, client }) => {
    for (const path of ['network', 'firewall/80', 'global_connection', 'private_connection']) {
      const page = await client
        .get(`/servers/${tenant.server.id}/${path}`)
        .loginAs(tenant.contractor)
      page.assertStatus(200)
      assert.include(page.text(), tenant.server.name)
    }
  })
})
