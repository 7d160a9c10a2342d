import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import Server from '#models/server'
import { endServer, forgetServer, removeEndedServers } from '#models/server/end'
import Task from '#models/task'

test.group('ORD-04: servers that were cancelled', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  async function ended() {
    const tenant = await makeTenant()
    await db.transaction(async (client) => {
      const server = await Server.lock(tenant.server.id, client)
      await endServer(server, Day.of('2026-11-24'), client)
    })
    return { ...tenant, server: await Server.findOrFail(tenant.server.id) }
  }

  test('their customer has them no more, and their people can’t sign in', async ({
    assert,
    client,
  }) => {
    const { contractor, server, domain, admin } = await ended()
    const list = await client.get('/servers').loginAs(contractor)
    assert.notInclude(list.text(), server.name)
    const deletion = await DomainDeletion.findByOrFail('domainId', domain.id)
    for (const path of [
      `/servers/${server.id}`,
      `/servers/${server.id}/domains/create`,
      `/domains/${domain.id}`,
    ]) {
      const page = await client.get(path).loginAs(contractor)
      page.assertStatus(404)
    }
    const waiting = await client.get('/domain_deletions').loginAs(contractor)
    assert.notInclude(waiting.text(), domain.name)
    const restore = client.delete(`/domain_deletions/${deletion.id}`).withCsrfToken()
    const answer = await restore.loginAs(contractor).redirects(0)
    assert.isAtLeast(answer.status(), 300)
    assert.isNotNull(await DomainDeletion.find(deletion.id))
    assert.isTrue(await admin.isOfWaitingDomain())
  })

  test('staff sees them until they are removed', async ({ assert, client }) => {
    const { server } = await ended()
    const staff = await makeStaff()
    const list = await client.get('/staff/servers').withGuard('staff').loginAs(staff)
    list.assertTextIncludes(server.name)
    list.assertTextIncludes('解約済み')
    await forgetServer(server.id)
    const later = await client.get('/staff/servers').withGuard('staff').loginAs(staff)
    assert.notInclude(later.text(), server.name)
  })

  test('they are kept for some days, then removed with their domains, whose names are free again', async ({
    assert,
  }) => {
    const { server, domain } = await ended()
    assert.equal(await removeEndedServers(), 0)
    assert.equal(await removeEndedServers(DateTime.utc().plus({ days: 15 })), 1)
    const task = await Task.findByOrFail('uniqueKey', `remove_server:${server.id}`)
    assert.equal(task.lockKey, `server:${server.id}`)
    await forgetServer(server.id)
    await server.refresh()
    assert.equal(server.state, 'removed')
    assert.isNull(server.address)
    assert.isNull(await Domain.find(domain.id))
    assert.isNull(await DomainDeletion.findBy('domainId', domain.id))
  })
})
