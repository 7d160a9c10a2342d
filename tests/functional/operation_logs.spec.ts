import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeDomain, makeMailbox, makeTenant } from '#database/factories/tenant'
import type Account from '#models/account'
import OperationLog from '#models/operation_log'

const mark = (account: Account, target: string) =>
  OperationLog.record({ by: account, ip: '198.51.100.7' }, { action: 'password.update', target })

test.group('Operation logs', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('PNL-08: everybody reads exactly the lines that are his to read', async ({
    assert,
    client,
  }) => {
    const { contractor, admin, user, domain, server } = await makeTenant()
    const { account: colleague } = await makeMailbox(domain, server)
    const { admin: neighbour } = await makeDomain(server)
    const stranger = await makeTenant()
    const people = { contractor, admin, user, colleague, neighbour, stranger: stranger.contractor }
    for (const [name, account] of Object.entries(people)) await mark(account, `mark-${name}`)

    const visible: [Account, string[]][] = [
      [contractor, ['contractor', 'admin', 'user', 'colleague', 'neighbour']],
      [admin, ['admin', 'user', 'colleague']],
      [user, ['user']],
      [stranger.contractor, ['stranger']],
    ]
    for (const [account, expected] of visible) {
      const page = await client.get('/operation_logs').loginAs(account)
      const seen = Object.keys(people).filter((name) => page.text().includes(`mark-${name}`))
      assert.sameMembers(seen, expected, account.role)
    }
  })

  test('PNL-08: what a contractor does to a domain is not shown to its admin', async ({
    assert,
    client,
  }) => {
    const { contractor, admin, domain } = await makeTenant()
    const operation = {
      action: 'suspension.store',
      target: 'by-the-contractor',
      domainId: domain.id,
    }
    await OperationLog.record({ by: contractor, ip: null }, operation)
    const page = await client.get('/operation_logs').loginAs(admin)
    assert.notInclude(page.text(), 'by-the-contractor')
  })

  test('security.md: names that were typed are text', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    await mark(contractor, '<script>alert(1)</script>')
    const page = await client.get('/operation_logs').loginAs(contractor)
    page.assertTextIncludes('&lt;script&gt;alert(1)')
    assert.notInclude(page.text(), '<script>alert(1)')
  })

  test('fifty lines a page, newest first', async ({ assert, client }) => {
    const { user } = await makeTenant()
    for (let line = 1; line <= 60; line++) await mark(user, `mark-${line}-`)
    const first = await client.get('/operation_logs').loginAs(user)
    first.assertTextIncludes('60件中 1〜50件を表示')
    assert.isBelow(first.text().indexOf('mark-60-'), first.text().indexOf('mark-59-'))
    const second = await client.get('/operation_logs?page=2').loginAs(user)
    second.assertTextIncludes('mark-1-')
  })
})
