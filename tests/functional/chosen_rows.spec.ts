import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { orderToken } from '#database/factories/order'
import { makeMailbox, makeStaff, makeTenant, type Tenant } from '#database/factories/tenant'
import Fee from '#models/fee'
import type Option from '#models/option'
import Order from '#models/order'
import Price from '#models/price'
import { Day } from '#calendar/day'
import { kindOf } from '#orders/index'
import { detailsOf } from '#orders/texts'
import { applyAt, at, haveOption } from '#tests/support/order_table'

/** Somebody who has a webmail for the user `sato`, and a second user. */
async function withWebmail() {
  const tenant = await makeTenant()
  const { contract, server, domain, mailbox } = tenant
  const { mailbox: second } = await makeMailbox(domain, server)
  const owner = { serverId: server.id, domainId: domain.id }
  const details = JSON.stringify({ mailboxes: [mailbox.id], name: domain.unicodeName })
  const option = await haveOption(contract, 'webmail', { ...owner, details })
  const fee = { contractId: contract.id, optionId: option.id, code: 'webmail' as const }
  const from = Day.of('2026-01-05')
  await Price.create({ code: 'webmail', validFrom: '2026-01-01', yen: 210, taxPercent: 10 })
  await Fee.transaction((client) => Fee.begin({ ...fee, subject: '', from }, client))
  return { ...tenant, second, option }
}

async function balanced({ contract, contractor, server, domain }: Tenant) {
  await haveOption(contract, 'load_balancer', { details: '{"domains":[],"servers":[]}' })
  const details = { domains: [domain.id], servers: [server.id] }
  return applyAt(at('2026-11-24'), contractor, 'load_balancer', { details, dueOn: '2026-12-10' })
}

test.group('Orders about several things', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPT-06: the page of options leads to the users of the webmail, and so does the menu', async ({
    client,
    assert,
  }) => {
    const { contractor, option, domain } = await withWebmail()
    const to = `/orders/create?kind=webmail_change&amp;option_id=${option.id}`
    const options = await client.get('/options').loginAs(contractor)
    assert.include(options.text(), to)
    const menu = await client.get('/orders/create?kind=webmail_change').loginAs(contractor)
    assert.include(menu.text(), to)
    assert.include(menu.text(), domain.unicodeName)
  })

  test('OPT-06: who uses the webmail is told by name, and what changes is the difference', async ({
    client,
    assert,
  }) => {
    const { contractor, mailbox, second, option } = await withWebmail()
    const confirmation = await client
      .post(`/orders/confirmation?kind=webmail_change&option_id=${option.id}`)
      .form({ 'mailboxes[]': [mailbox.id, second.id] })
      .loginAs(contractor)
      .withCsrfToken()
    assert.include(confirmation.text(), `${mailbox.localPart}、${second.localPart}`)
    const price = 210
    assert.match(confirmation.text(), new RegExp(`以後の月額の増減[\\s\\S]*${price}円`))
    assert.notInclude(confirmation.text(), `${2 * price}円`)
    const order = await changeTo(option, [mailbox, second], contractor)
    assert.equal(order.monthlyYen, price)
  })

  test('OPT-09: staff see which servers and domains a load balancer is for', async ({
    client,
    assert,
  }) => {
    const tenant = await makeTenant()
    const order = await balanced(tenant)
    const staff = await makeStaff()
    const page = await client.get(`/staff/orders/${order.id}`).withGuard('staff').loginAs(staff)
    assert.include(page.text(), tenant.server.name)
    assert.include(page.text(), tenant.domain.unicodeName)
    const own = await client.get(`/orders/${order.id}`).loginAs(tenant.contractor)
    assert.include(own.text(), tenant.domain.unicodeName)
  })

  test('OPT-09: of two load balancers one knows which one is cancelled', async ({
    client,
    assert,
  }) => {
    const { contract, contractor } = await makeTenant()
    const names = ['one.example', 'two.example']
    const make = (name: string) =>
      haveOption(contract, 'load_balancer', {
        details: JSON.stringify({ domains: [], servers: [], name }),
      })
    const options = [await make(names[0]), await make(names[1])]
    for (const path of ['/options', '/orders/create?kind=load_balancer_cancellation']) {
      const page = await client.get(path).loginAs(contractor)
      for (const name of names) assert.include(page.text(), name)
    }
    const wish = { optionId: options[1].id, dueOn: '2026-12-10' }
    const moment = at('2026-11-24')
    const order = await applyAt(moment, contractor, 'load_balancer_cancellation', wish)
    assert.equal(order.subject, 'two.example')
  })

  test('OPT-10: what is for the contract as a whole is called so', async ({ client, assert }) => {
    const { contract, contractor } = await makeTenant()
    await haveOption(contract, 'dns_service', { details: JSON.stringify({ name: contract.name }) })
    const page = await client.get('/options').loginAs(contractor)
    assert.include(page.text(), 'ご契約全体')
  })

  test('OPT-06: users that are gone, and very many, are counted', async ({ assert }) => {
    const { mailbox, second } = await withWebmail()
    const told = (ids: number[]) => detailsOf(kindOf('webmail'), { mailboxes: ids })
    const [gone] = await told([mailbox.id, 999_999_999])
    assert.equal(gone.text, `${mailbox.localPart}、全2件`)
    const others = Array.from({ length: 30 }, (_, index) => 1_000_000 + index)
    const [many] = await told([mailbox.id, second.id, ...others])
    assert.equal(many.text, `${mailbox.localPart}、${second.localPart}、全32件`)
  })
})

function changeTo(
  { id: optionId, contractId }: Option,
  mailboxes: { id: number }[],
  contractor: Tenant['contractor']
) {
  const details = { mailboxes: mailboxes.map(({ id }) => id) }
  const wish = { kind: 'webmail_change', contractId, optionId, details }
  return Order.place({ ...wish, token: orderToken() }, contractor)
}
