import { test } from '@japa/runner'
import testUtils from '@adonisjs/core/services/test_utils'
import { Day } from '#calendar/day'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import Fee from '#models/fee'
import Option from '#models/option'
import Zone from '#models/zone'
import { performDue } from '#orders/performing'
import { applyAt } from '#tests/support/order_table'

async function addZone({ contract, contractor }: Tenant, name: string) {
  const actor = { by: contractor, ip: null }
  const { id } = await Zone.add(contract.id, { name: { ascii: name, unicode: name } }, actor)
  return Zone.findOrFail(id)
}

async function orderService({ contractor }: Tenant) {
  const order = await applyAt(new Date(), contractor, 'dns_service', {})
  await performDue(order)
  return Option.findByOrFail('orderId', order.id)
}

/** Quantities that cost something today, and from then on. */
async function paid({ id }: Option) {
  const today = String(Day.at(new Date()))
  const fees = await Fee.query().where('optionId', id).orderBy('id')
  return fees
    .filter(({ fromOn, untilOn }) => fromOn <= today && (untilOn === null || untilOn >= today))
    .map(({ quantity }) => quantity)
}

test.group('Zones that are charged', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPT-10: the DNS service is paid for each zone that there is, and at least for one', async ({
    assert,
  }) => {
    const [none, two] = [await makeTenant(), await makeTenant()]
    assert.deepEqual(await paid(await orderService(none)), [1])
    await addZone(two, 'one.example')
    await addZone(two, 'two.example')
    const option = await orderService(two)
    assert.equal(option.quantity, 2)
    assert.deepEqual(await paid(option), [2])
  })

  test('OPT-10: zones come and go, and the fee is for as many as there are at the end of the day', async ({
    assert,
  }) => {
    const [tenant, other] = [await makeTenant(), await makeTenant()]
    const option = await orderService(tenant)
    const first = await addZone(tenant, 'one.example')
    assert.deepEqual(await paid(option), [1], 'the one that is paid for')
    const second = await addZone(tenant, 'two.example')
    assert.deepEqual(await paid(option), [2])
    await addZone(other, 'three.example')
    await second.remove({ by: tenant.contractor, ip: null })
    assert.deepEqual(await paid(option), [1])
    await addZone(tenant, 'four.example')
    await addZone(tenant, 'five.example')
    assert.deepEqual(await paid(option), [3])
    await first.remove({ by: tenant.contractor, ip: null })
    await option.refresh()
    assert.equal(option.quantity, 2)
    assert.deepEqual(await paid(option), [2])
  })

  test('OPT-10: without the service a zone costs nothing', async ({ assert }) => {
    const tenant = await makeTenant()
    await addZone(tenant, 'one.example')
    assert.lengthOf(await Fee.query().where('contractId', tenant.contract.id), 0)
  })
})
