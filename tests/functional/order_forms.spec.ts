import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import { kinds } from '#orders/index'
import type { OrderKind } from '#orders/kind'
import { kindName, said } from '#orders/words'
import { haveOption } from '#tests/support/order_table'

test.group('Forms of orders', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-06: every kind has a form with its own inputs, in words', async ({
    assert,
    client,
  }) => {
    const { contract, contractor, server, domain } = await makeTenant()
    const owner = { serverId: server.id, domainId: domain.id }

    async function query({ name, subject, cancels }: OrderKind) {
      if (subject === 'server') return `kind=${name}&server_id=${server.id}`
      if (subject === 'domain') return `kind=${name}&domain_id=${domain.id}`
      if (subject !== 'option') return `kind=${name}`
      const option = await haveOption(contract, cancels ?? 'webmail', owner)
      return `kind=${name}&option_id=${option.id}`
    }

    // An SSL order, so that there is one to go with
    const ssl = `kind=ssl_quick&domain_id=${domain.id}`
    const preview = client.post(`/orders/confirmation?${ssl}`).form({ names: 'both' })
    const confirmation = await preview.loginAs(contractor).withCsrfToken()
    confirmation.assertStatus(200)
    confirmation.assertTextIncludes(kindName('ssl_quick'))

    for (const kind of kinds.filter(({ door }) => door !== 'form')) {
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
})

/** Asked only where there is something to choose from. */
const conditional = new Set(['behind_firewall', 'ssl_order', 'servers'])
