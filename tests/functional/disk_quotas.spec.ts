import testUtils from '@adonisjs/core/services/test_utils'
import type { ApiClient } from '@japa/api-client'
import { test } from '@japa/runner'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import { setDiskQuota } from '#models/domain/disk_quota'
import OperationLog from '#models/operation_log'
import Task from '#models/task'

const put = (client: ApiClient, { domain, contractor }: Tenant, quota: unknown) =>
  client
    .put(`/domains/${domain.id}/disk_quota`)
    .header('referer', `/domains/${domain.id}/disk_quota`)
    .form({ quota_mb: quota })
    .loginAs(contractor)
    .withCsrfToken()
    .redirects(0)

test.group('Disk limits of domains', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('PNL-05: the contractor gives a domain more; it is one apply and a line in the log', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const wished = tenant.domain.quotaMb + 1024
    const response = await put(client, tenant, wished)
    response.assertStatus(302)
    await tenant.domain.refresh()
    assert.equal(tenant.domain.quotaMb, wished)
    assert.lengthOf(await Task.query().where('server_id', tenant.server.id), 1)
    const line = await OperationLog.query().where('action', 'disk_quota.update').firstOrFail()
    assert.equal(line.target, tenant.domain.unicodeName)
    await put(client, tenant, wished)
    assert.lengthOf(await Task.query().where('server_id', tenant.server.id), 1)
  })

  test('PNL-05: what is no size, or more than the server has, is refused at the field', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const before = tenant.domain.quotaMb
    const most = tenant.server.diskGb * 1024
    for (const quota of ['', '-1', '99', '1.5', 'abc', '1e9', `${most + 1}`, ['1', '2']]) {
      const response = await put(client, tenant, quota)
      assert.property(response.flashMessage('inputErrorsBag'), 'quota_mb', String(quota))
    }
    await tenant.domain.refresh()
    assert.equal(tenant.domain.quotaMb, before)
  })

  test('PNL-05: a domain never gets less than it uses, nor less while nobody knows how much that is', async ({
    assert,
  }) => {
    const { domain, contractor } = await makeTenant()
    const actor = { by: contractor, ip: null }
    const code = (work: Promise<unknown>) =>
      work.then(String, (error) => error.code ?? error.message)
    const unknown = await code(setDiskQuota(domain, 200, null, actor))
    const below = await code(setDiskQuota(domain, 200, 180 * 2 ** 20, actor))
    await domain.refresh()
    assert.isAbove(domain.quotaMb, 230)
    assert.notEqual(unknown, below)
    assert.equal(await code(setDiskQuota(domain, 230, 180 * 2 ** 20, actor)), 'true')
    await domain.refresh()
    assert.equal(domain.quotaMb, 230)
    assert.equal(await code(setDiskQuota(domain, 300, null, actor)), 'true')
  })

  test('PNL-05: the page cannot be reached by the domain admin', async ({ client }) => {
    const { domain, admin } = await makeTenant()
    const response = await client.get(`/domains/${domain.id}/disk_quota`).loginAs(admin)
    response.assertStatus(403)
  })
})
