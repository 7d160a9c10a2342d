import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeDomain, makeServer, makeTenant } from '#database/factories/tenant'
import { kinds } from '#orders/index'
import type { OrderKind } from '#orders/kind'
import { kindName, said } from '#orders/words'
import { applyAt, haveOption } from '#tests/support/order_table'

test.group('Forms of orders', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-06: every kind has a form with its own inputs, in words', async ({
    assert,
    client,
  }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    const owner = { serverId: server.id, domainId: domain.id }
    await haveOption(contract, 'load_balancer', { details: '{"domains":[],"servers":[]}' })
    const physical = await makeServer(contract)
    await physical.merge({ kind: 'physical', plan: 'SAS', state: 'running' }).save()
    const other = await makeDomain(server)
    const details = { names: 'both' }
    await applyAt(new Date(), contractor, 'ssl_quick', { domainId: other.domain.id, details })

    async function query({ name, subject, cancels }: OrderKind) {
      if (subject === 'server') return `kind=${name}&server_id=${server.id}`
      if (subject === 'domain') return `kind=${name}&domain_id=${domain.id}`
      if (subject !== 'option') return `kind=${name}`
      const option = await haveOption(contract, cancels ?? 'webmail', owner)
      return `kind=${name}&option_id=${option.id}`
    }

    const ssl = `kind=ssl_quick&domain_id=${domain.id}`
    const preview = client.post(`/orders/confirmation?${ssl}`).form({ names: 'both' })
    const confirmation = await preview.loginAs(contractor).withCsrfToken()
    confirmation.assertStatus(200)
    confirmation.assertTextIncludes(kindName('ssl_quick'))

    for (const kind of kinds.filter(({ door }) => door !== 'form')) {
      if (kind.name === 'cybozu_estimate') await haveOption(contract, 'cybozu_install', owner)
      const page = await client.get(`/orders/create?${await query(kind)}`).loginAs(contractor)
      page.assertStatus(200)
      page.assertTextIncludes(kindName(kind.name))
      assert.notInclude(page.text(), 'translation missing', kind.name)
      const inputs = Object.keys(kind.fields).filter((name) => !conditional.has(name))
      for (const input of inputs) {
        if (input === kind.modes?.field) continue
        page.assertTextIncludes(said(`orders.kinds.${kind.name}.fields.${input}`)!)
        assert.match(page.text(), new RegExp(`name="${input}(\\[\\])?"`), `${kind.name} ${input}`)
      }
    }
  })

  test('ORD-06: what can’t be ordered as things are is said at once, with the way on, and not asked for', async ({
    assert,
    client,
  }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    const physical = await makeServer(contract)
    await physical.merge({ kind: 'physical', plan: 'SAS', state: 'running' }).save()
    const ready = await makeDomain(server)
    await ready.domain.merge({ kind: 'ready' }).save()
    await haveOption(contract, 'waf', { serverId: server.id, domainId: domain.id })
    const hindered = [
      ['load_balancer', '申込書を開く'],
      [`global_ip&server_id=${server.id}`, 'SSLを選ぶ'],
      [`plan_change&server_id=${physical.id}`, '物理専用サーバでは'],
      [`disk_extension&server_id=${physical.id}`, '物理専用サーバでは'],
      [`server_cancellation&server_id=${physical.id}`, '申込書を開く'],
      [`ssl_quick&domain_id=${ready.domain.id}`, 'レディドメインでは'],
      [`waf&domain_id=${domain.id}`, 'ご利用中のオプションを見る'],
      [`cybozu_estimate&domain_id=${domain.id}`, 'サイボウズ Office がありません'],
    ]
    const open = (query: string) => client.get(`/orders/create?kind=${query}`).loginAs(contractor)
    for (const [query, words] of hindered) {
      const page = await open(query)
      page.assertStatus(200)
      page.assertTextIncludes(words)
      assert.notInclude(page.text(), '料金と内容を確認する', query)
    }
    await physical.delete()
    const firewall = await open('firewall')
    firewall.assertTextIncludes('物理専用サーバだけです')
    assert.notInclude(firewall.text(), '料金と内容を確認する')
  })

  test('ORD-06: what an order is about is chosen from what it can be about', async ({
    assert,
    client,
  }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    const physical = await makeServer(contract)
    await physical.merge({ kind: 'physical', plan: 'SAS', state: 'running' }).save()
    const gone = await makeServer(contract)
    await gone.merge({ state: 'ended' }).save()
    const option = await haveOption(contract, 'webmail', {
      ...{ serverId: server.id, domainId: domain.id },
      details: '{"mailboxes":[]}',
    })
    const rows = async (kind: string) => {
      const page = await client.get(`/orders/create?kind=${kind}`).loginAs(contractor)
      return [...page.text().matchAll(/_id=(\d+)"/g)].map(([, id]) => Number(id))
    }
    assert.deepEqual(await rows('plan_change'), [server.id])
    assert.deepEqual(await rows('closed_network'), [server.id, physical.id])
    assert.deepEqual(await rows('webmail_change'), [option.id])
  })
})

/** Asked only where there is a firewall. */
const conditional = new Set(['behind_firewall'])
