import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { Day } from '#calendar/day'
import { emptyBooks } from '#database/factories/billing'
import { makeContract, makeServer } from '#database/factories/tenant'
import Fee from '#models/fee'
import { costOf } from '#models/fee/cost'
import OneTimeFee from '#models/one_time_fee'
import Price from '#models/price'
import { Month } from '#billing/month'

const on = (text: string) => Day.of(text)

async function setPrice(code: Price['code'], validFrom: string, yen: number) {
  await Price.create({ code, validFrom, yen, taxPercent: 10 })
}

async function rows(contractId: number) {
  const fees = await Fee.query().where({ contractId }).orderBy('id')
  return fees.map(({ code, quantity, fromOn, untilOn }) => [code, quantity, fromOn, untilOn])
}

test.group('Fees', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => emptyBooks())

  test('ORD-07: the new plan counts from its day, the old until the day before', async ({
    assert,
  }) => {
    const { contract } = await makeContract()
    const server = await makeServer(contract)
    await db.transaction(async (client) => {
      const owner = { contractId: contract.id, serverId: server.id }
      await Fee.begin({ ...owner, code: 'plan.A', from: on('2026-11-01') }, client)
      await Fee.begin({ ...owner, code: 'disk.100gb', quantity: 3, from: on('2026-11-01') }, client)
      await Fee.change(server.id, 'plan.B', on('2026-11-10'), client)
      await Fee.change(server.id, 'plan.A', on('2026-11-15'), client)
    })

    assert.deepEqual(await rows(contract.id), [
      ['plan.A', 1, '2026-11-01', '2026-11-09'],
      ['disk.100gb', 3, '2026-11-01', null],
      ['plan.B', 1, '2026-11-10', '2026-11-14'],
      ['plan.A', 1, '2026-11-15', null],
    ])
    const [fee] = await Fee.query().where({ contractId: contract.id })
    assert.equal(fee.subject, server.name)
  })

  test('ORD-07: a plan that is changed again on its first day costs nothing', async ({
    assert,
  }) => {
    const { contract } = await makeContract()
    const server = await makeServer(contract)
    await db.transaction(async (client) => {
      const owner = { contractId: contract.id, serverId: server.id }
      await Fee.begin({ ...owner, code: 'plan.A', from: on('2026-11-10') }, client)
      await Fee.change(server.id, 'plan.B', on('2026-11-10'), client)
    })

    assert.deepEqual(await rows(contract.id), [
      ['plan.A', 1, '2026-11-10', '2026-11-09'],
      ['plan.B', 1, '2026-11-10', null],
    ])
  })

  test('ORD-07: what an order begins and charges, it does once', async ({ assert }) => {
    const { contract } = await makeContract()
    await db.transaction(async (client) => {
      const wish = {
        contractId: contract.id,
        orderId: 7,
        code: 'waf',
        from: on('2026-11-10'),
      } as const
      const once = { ...wish, code: 'migration', on: on('2026-11-10') } as const
      for (let count = 0; count < 3; count++) {
        await Fee.begin(wish, client)
        await OneTimeFee.charge(once, client)
      }
    })

    assert.lengthOf(await rows(contract.id), 1)
    const charged = await OneTimeFee.query().where({ contractId: contract.id })
    assert.lengthOf(charged, 1)
    assert.isNull(charged[0].unitYen)
  })

  test('ORD-04: at the end of a server all its fees end, and no others', async ({ assert }) => {
    const { contract } = await makeContract()
    const [server, other] = [await makeServer(contract), await makeServer(contract)]
    const ended = await db.transaction(async (client) => {
      const from = on('2026-11-01')
      const contractId = contract.id
      await Fee.begin({ contractId, serverId: server.id, code: 'plan.A', from }, client)
      await Fee.begin({ contractId, serverId: server.id, code: 'global_ip', from }, client)
      await Fee.begin({ contractId, serverId: other.id, code: 'plan.A', from }, client)
      return Fee.end({ serverId: server.id }, on('2026-11-20'), client)
    })

    assert.equal(ended, 2)
    assert.deepEqual(await rows(contract.id), [
      ['plan.A', 1, '2026-11-01', '2026-11-20'],
      ['global_ip', 1, '2026-11-01', '2026-11-20'],
      ['plan.A', 1, '2026-11-01', null],
    ])
  })

  test('ORD-07: nobody ends the fees of everybody', async ({ assert }) => {
    await assert.rejects(() => db.transaction((client) => Fee.end({}, on('2026-11-20'), client)))
  })

  test('ORD-07: what an order costs is shown by the days that are left, without and with tax', async ({
    assert,
  }) => {
    const { contract } = await makeContract()
    const server = await makeServer(contract)
    const month = Month.at(Day.at(new Date()))
    await setPrice('plan.A', '2020-01-01', 3_000 * month.days)
    await setPrice('plan.B', '2020-01-01', 5_000 * month.days)
    await setPrice('plan_change', '2020-01-01', 999)
    await db.transaction((client) =>
      Fee.begin(
        { contractId: contract.id, serverId: server.id, code: 'plan.A', from: on('2026-01-01') },
        client
      )
    )
    const uses = [
      { code: 'plan.B', changesPlanOf: server.id },
      { code: 'plan_change' },
      { code: 'migration' },
    ] as const

    const cost = await costOf(contract.id, uses, month.last)

    assert.deepEqual(cost, {
      thisMonth: { net: 2_000, gross: 2_200 },
      nextMonth: { net: 2_000 * month.days, gross: 2_200 * month.days },
      monthly: { net: 2_000 * month.days, gross: 2_200 * month.days },
      once: { net: 999, gross: 1_098 },
      unpriced: ['migration'],
    })
  })
})
