import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import fc from 'fast-check'
import type { BillingCode } from '#billing/codes'
import { Month } from '#billing/month'
import { prorated } from '#billing/proration'
import { Day } from '#calendar/day'
import { emptyBooks } from '#database/factories/billing'
import { makeContract } from '#database/factories/tenant'
import CloseMonths from '#jobs/close_months'
import Fee from '#models/fee'
import MonthClosing from '#models/month_closing'
import { closeBatch } from '#models/month_closing/batch'
import OneTimeFee from '#models/one_time_fee'
import Price from '#models/price'
import Statement from '#models/statement'
import { sqlTime } from '#models/task/clock'

const on = (text: string) => Day.of(text)
const november = Month.of('2026-11')

async function setPrice(code: BillingCode, yen: number, validFrom = '2020-01-01', taxPercent = 10) {
  await Price.create({ code, validFrom, yen, taxPercent })
}

async function begin(contractId: number, code: BillingCode, from: string, serverId = 1) {
  return db.transaction((client) =>
    Fee.begin({ contractId, code, serverId, from: on(from) }, client)
  )
}

async function close(month: Month) {
  const closing = await MonthClosing.start(month)
  await closing.finish()
  return closing
}

async function statementOf(contractId: number, month: Month) {
  return Statement.query()
    .where({ contractId, month: month.toString() })
    .preload('lines', (lines) => lines.orderBy('id'))
    .preload('invoice')
    .first()
}

/** What was changed before is not looked at again. */
async function weeksPass() {
  const before = sqlTime(Date.now() - 30 * 86_400_000)
  await db.from('month_closings').update({ created_at: before })
  await db.from('fees').update({ updated_at: before })
}

const shown = (statement: Statement | null) =>
  statement?.lines.map((line) => [
    line.code,
    line.fromOn,
    line.untilOn,
    line.yen,
    line.isCorrection,
  ])

test.group('Month closings', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => emptyBooks())

  test('ORD-07: a month has a line per fee, price and rate, and tax once per rate', async ({
    assert,
  }) => {
    const { contract } = await makeContract('株式会社つかさ商事')
    await setPrice('plan.A', 3_009)
    await setPrice('plan.B', 6_000)
    await setPrice('plan.B', 9_000, '2026-11-21')
    await setPrice('access_analysis', 105, '2020-01-01', 8)
    await begin(contract.id, 'plan.A', '2026-10-01')
    await begin(contract.id, 'access_analysis', '2026-11-01')
    await db.transaction(async (client) => {
      await Fee.change(1, 'plan.B', on('2026-11-11'), client)
      const once = { contractId: contract.id, code: 'ssl.setup', on: on('2026-11-30') } as const
      await OneTimeFee.charge({ ...once, unitYen: 10_000 }, client)
    })
    await close(november)

    const statement = await statementOf(contract.id, november)

    assert.deepEqual(shown(statement), [
      ['plan.A', '2026-11-01', '2026-11-10', 1_003, false],
      ['access_analysis', '2026-11-01', '2026-11-30', 105, false],
      ['plan.B', '2026-11-11', '2026-11-20', 2_000, false],
      ['plan.B', '2026-11-21', '2026-11-30', 3_000, false],
      ['ssl.setup', '2026-11-30', '2026-11-30', 10_000, false],
    ])
    assert.deepEqual(statement?.taxPerRate, [
      { percent: 10, net: 16_003, tax: 1_600 },
      { percent: 8, net: 105, tax: 8 },
    ])
    assert.equal(statement?.totalYen, 16_108 + 1_608)
    const { number, issuedOn, dueOn, recipient } = statement!.invoice
    assert.equal(number, `202611-${contract.code}`)
    assert.deepEqual([issuedOn, dueOn], ['2026-12-01', '2026-12-31'])
    assert.equal(recipient.name, '株式会社つかさ商事')
  })

  test('ORD-07: closing again changes nothing, and a contract without fees has no statement', async ({
    assert,
  }) => {
    const [{ contract }, { contract: idle }] = [await makeContract(), await makeContract()]
    await setPrice('plan.A', 3_000)
    await begin(contract.id, 'plan.A', '2026-10-01')
    for (let count = 0; count < 3; count++) {
      const closing = await close(november)
      await closing.merge({ finishedAt: null }).save()
    }

    assert.lengthOf(await Statement.query().where({ contractId: contract.id }), 1)
    assert.isNull(await statementOf(idle.id, november))
  })

  test('ORD-07: cut off after any batch, it goes on there, and two at once do it once', async ({
    assert,
  }) => {
    await setPrice('plan.A', 3_000)
    const contracts = []
    for (let count = 0; count < 7; count++) {
      const { contract } = await makeContract()
      await begin(contract.id, 'plan.A', '2026-11-01')
      contracts.push(contract.id)
    }
    // Contracts of other tests come before them
    const start = await MonthClosing.start(november)
    await db
      .from('month_closings')
      .where('id', start.id)
      .update({ last_contract_id: contracts[0] - 1 })
    const [one, other] = [await MonthClosing.start(november), await MonthClosing.start(november)]
    await closeBatch(one, 3)
    await closeBatch(other, 3)
    const between = await Statement.query().whereIn('contractId', contracts)
    await other.refresh()
    await other.finish()

    const all = await Statement.query().whereIn('contractId', contracts)

    assert.lengthOf(between, 3)
    assert.lengthOf(all, 7)
    await other.refresh()
    assert.equal(other.statements, 7)
  })

  test('ORD-07: a change after the month was closed is made good in the next one', async ({
    assert,
  }) => {
    const { contract } = await makeContract()
    await setPrice('plan.A', 3_000)
    await setPrice('plan.B', 6_000)
    await begin(contract.id, 'plan.A', '2026-11-01')
    await close(november)
    await weeksPass()
    await db.transaction(async (client) => {
      await Fee.change(1, 'plan.B', on('2026-11-30'), client)
      const once = { contractId: contract.id, code: 'migration', on: on('2026-11-29') } as const
      await OneTimeFee.charge({ ...once, unitYen: 700 }, client)
    })
    await close(november.next)
    await weeksPass()
    await close(november.next.next)

    assert.deepEqual(shown(await statementOf(contract.id, november.next)), [
      ['plan.B', '2026-12-01', '2026-12-31', 6_000, false],
      ['migration', '2026-11-29', '2026-11-29', 700, false],
      ['plan.A', '2026-11-01', '2026-11-30', -100, true],
      ['plan.B', '2026-11-01', '2026-11-30', 200, true],
    ])
    assert.deepEqual(shown(await statementOf(contract.id, november.next.next)), [
      ['plan.B', '2027-01-01', '2027-01-31', 6_000, false],
    ])
  })

  test('ORD-07: who has something without a price waits for it, and nobody else does', async ({
    assert,
  }) => {
    const [{ contract }, { contract: other }] = [await makeContract(), await makeContract()]
    await setPrice('plan.A', 3_000)
    await begin(contract.id, 'closed_network', '2026-11-01')
    await begin(other.id, 'plan.A', '2026-11-01')

    const closing = await close(november)
    assert.include(closing.unpricedContracts, contract.id)
    assert.isNull(await statementOf(contract.id, november))
    assert.isNotNull(await statementOf(other.id, november))

    await setPrice('closed_network', 9_000)
    await closing.reopen()
    await closing.finish()

    assert.isEmpty(closing.unpricedContracts)
    const statement = await statementOf(contract.id, november)
    assert.equal(statement?.netYen, 9_000)
    assert.lengthOf(await Statement.query().where({ contractId: other.id }), 1)
  })

  test('ORD-07: what had no price in a month is paid with the next one at the latest', async ({
    assert,
  }) => {
    const { contract } = await makeContract()
    await begin(contract.id, 'closed_network', '2026-11-01')
    const closing = await close(november)
    await setPrice('closed_network', 9_000)
    await close(november.next)

    const statement = await statementOf(contract.id, november.next)

    assert.deepEqual(
      statement?.lines.map(({ yen, isCorrection }) => [yen, isCorrection]),
      [
        [9_000, false],
        [9_000, true],
      ]
    )
    await assert.rejects(() => closing.reopen(), /month_is_followed/)
  })

  test('ORD-07: the job closes every month that was missed, and not the one that goes on', async ({
    assert,
  }) => {
    const { contract } = await makeContract()
    await setPrice('plan.A', 3_000)
    const now = Month.at(Day.at(new Date()))
    const first = now.previous.previous.previous
    await begin(contract.id, 'plan.A', first.last.toString())
    const run = {
      signal: new AbortController().signal,
      progress: async () => {},
      log: async () => {},
    }

    await new CloseMonths().handle(run)

    const statements = await Statement.query().where({ contractId: contract.id }).orderBy('month')
    assert.deepEqual(
      statements.map(({ month }) => month),
      [first, first.next, now.previous].map(String)
    )
    assert.isEmpty(await MonthClosing.due())
  })

  test('ORD-07: whatever is changed whenever, late or in time, all months add up to the days', async ({
    assert,
  }) => {
    const plans = ['plan.A', 'plan.B', 'plan.C'] as const
    const yens = { 'plan.A': 3_100, 'plan.B': 5_003, 'plan.C': 7_777 }
    for (const plan of plans) await setPrice(plan, yens[plan])
    const changes = fc.array(
      fc.record({
        day: fc.nat(119),
        plan: fc.constantFrom(...plans),
        late: fc.integer({ min: 0, max: 40 }),
      }),
      { maxLength: 6 }
    )
    let server = 1_000
    await fc.assert(
      fc.asyncProperty(changes, async (wishes) => {
        const { contract } = await makeContract()
        const serverId = ++server
        await db.from('month_closings').delete()
        const start = on('2026-01-01')
        await begin(contract.id, 'plan.A', '2026-01-01', serverId)
        // Each takes effect on its day; the panel hears of it `late` days after
        const ordered = wishes.toSorted((one, other) => one.day - other.day)
        const events = []
        let told = 0
        for (const { day, plan, late } of ordered) {
          told = Math.max(told, day + late)
          events.push({ day, plan, told })
        }
        let month = Month.of('2026-01')
        for (let count = 0; count < 7; count++, month = month.next) {
          for (const event of events.filter((each) => month.has(start.plus(each.told))))
            await db.transaction((client) =>
              Fee.change(serverId, event.plan, start.plus(event.day), client)
            )
          await close(month)
        }

        const lines = await db
          .from('statement_lines')
          .join('statements', 'statements.id', 'statement_lines.statement_id')
          .where('contract_id', contract.id)
          .sum('yen as yen')
        let plan: keyof typeof yens = 'plan.A'
        let owed = 0
        for (let day = start; day.isBefore(month.first); day = day.plus(1)) {
          plan = events.findLast((event) => start.plus(event.day).until(day) === 0)?.plan ?? plan
          owed += prorated(yens[plan], { from: day, to: day })
        }
        assert.equal(Number(lines[0].yen), owed)
      }),
      { numRuns: 20 }
    )
  })
})
