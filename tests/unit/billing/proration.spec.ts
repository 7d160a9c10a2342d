import { test } from '@japa/runner'
import fc from 'fast-check'
import { chargesOf, type Lasting } from '#billing/charges'
import { Month } from '#billing/month'
import { PriceHistory } from '#billing/price_history'
import { prorated } from '#billing/proration'
import { Day } from '#calendar/day'

const months = fc
  .record({ year: fc.integer({ min: 2013, max: 2049 }), month: fc.integer({ min: 1, max: 12 }) })
  .map(({ year, month }) => Month.of(`${year}-${String(month).padStart(2, '0')}`))
const yens = fc.integer({ min: 0, max: 100_000_000 })
/** Days of a month after which something changes, as parts of it. */
const cuts = fc.array(fc.integer({ min: 1, max: 31 }), { maxLength: 31 })

/** First and last day (of the month) of each part, without gaps. */
function partsOf(month: Month, after: readonly number[]) {
  const ends = [...new Set(after.filter((day) => day < month.days))].sort((a, b) => a - b)
  const bounds = [0, ...ends, month.days]
  return bounds.slice(1).map((end, index) => ({
    from: month.first.plus(bounds[index]),
    to: month.first.plus(end - 1),
  }))
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
const always = (yen: number) =>
  new PriceHistory([{ from: Day.of('2000-01-01'), yen, taxPercent: 10 }])

test.group('Days of a month', () => {
  test('ORD-07: the parts of a month add up to the month, however it is cut', ({ assert }) => {
    fc.assert(
      fc.property(months, yens, cuts, (month, yen, after) => {
        const parts = partsOf(month, after).map((part) => prorated(yen, part))
        assert.equal(sum(parts), yen)
        assert.isTrue(parts.every((part) => Number.isInteger(part) && part >= 0))
      }),
      { numRuns: 5_000 }
    )
  })

  test('ORD-07: days cost what they are of the month, to less than a yen', ({ assert }) => {
    fc.assert(
      fc.property(months, yens, fc.nat(30), fc.nat(30), (month, yen, one, other) => {
        const [a, b] = [Math.min(one, other), Math.max(one, other)]
        if (b >= month.days) return
        const span = { from: month.first.plus(a), to: month.first.plus(b) }
        const exact = (yen * (b - a + 1)) / month.days
        const found = prorated(yen, span)
        assert.isBelow(Math.abs(found - exact), 1)
        if (Number.isInteger(exact)) assert.equal(found, exact)
      }),
      { numRuns: 5_000 }
    )
  })

  test('ORD-07: a plan up and back down within a month costs exactly its days', ({ assert }) => {
    const [a, b] = [3_000, 6_000]
    const november = (from: number, to: number) => ({
      from: Day.of(`2026-11-${String(from).padStart(2, '0')}`),
      to: Day.of(`2026-11-${String(to).padStart(2, '0')}`),
    })

    const paid = [
      prorated(a, november(1, 9)),
      prorated(b, november(10, 14)),
      prorated(a, november(15, 30)),
    ]

    assert.deepEqual(paid, [900, 1_000, 1_600])
    // Five days at twice the price: five thirtieths of 3,000 more than a month of A
    assert.equal(sum(paid), a + 500)
  })

  test('ORD-07: any sequence of plans costs the sum of its days at the price of each', ({
    assert,
  }) => {
    fc.assert(
      fc.property(
        months,
        fc.array(yens, { minLength: 31, maxLength: 31 }),
        cuts,
        (month, plans, after) => {
          const parts = partsOf(month, after)
          const byPart = parts.map((part, index) => prorated(plans[index], part))
          const byDay = parts.map((part, index) => {
            const days = Array.from({ length: part.from.until(part.to) + 1 }, (_, n) =>
              part.from.plus(n)
            )
            return sum(days.map((day) => prorated(plans[index], { from: day, to: day })))
          })
          assert.deepEqual(byPart, byDay)
          // And who goes away and comes back to the same pays it whole
          const back = parts.map((part) => prorated(plans[0], part))
          assert.equal(sum(back), plans[0])
        }
      ),
      { numRuns: 2_000 }
    )
  })

  test('ORD-07: a span of two months, and amounts beyond what is exact, are refused', ({
    assert,
  }) => {
    const [from, to] = [Day.of('2026-11-30'), Day.of('2026-12-01')]

    assert.throws(() => prorated(100, { from, to }), RangeError)
    assert.throws(() => prorated(2 ** 53 - 1, { from, to: from }), RangeError)
  })
})

test.group('What a fee costs in a month', () => {
  const lasting = (wish: Partial<Lasting> = {}): Lasting => ({
    code: 'plan.A',
    quantity: 1,
    from: Day.of('2026-01-01'),
    to: null,
    ...wish,
  })

  test('ORD-07: first and last day both count', ({ assert }) => {
    const fee = lasting({ from: Day.of('2026-11-10'), to: Day.of('2026-11-12') })

    const charges = chargesOf(fee, Month.of('2026-11'), always(3_000))

    assert.deepEqual(
      charges?.map(({ yen }) => yen),
      [300]
    )
    assert.deepEqual(chargesOf(fee, Month.of('2026-10'), always(3_000)), [])
    assert.deepEqual(chargesOf(fee, Month.of('2026-12'), always(3_000)), [])
  })

  test('ORD-07: what was overtaken on its first day costs nothing', ({ assert }) => {
    const fee = lasting({ from: Day.of('2026-11-10'), to: Day.of('2026-11-09') })

    assert.deepEqual(chargesOf(fee, Month.of('2026-11'), always(3_000)), [])
  })

  test('ORD-07: a price that changes in mid-month counts from its day on', ({ assert }) => {
    const prices = new PriceHistory([
      { from: Day.of('2026-11-16'), yen: 6_000, taxPercent: 10 },
      { from: Day.of('2026-01-01'), yen: 3_000, taxPercent: 10 },
    ])

    const charges = chargesOf(lasting({ quantity: 2 }), Month.of('2026-11'), prices)

    assert.deepEqual(
      charges?.map(({ from, to, unitYen, yen }) => [String(from), String(to), unitYen, yen]),
      [
        ['2026-11-01', '2026-11-15', 3_000, 3_000],
        ['2026-11-16', '2026-11-30', 6_000, 6_000],
      ]
    )
  })

  test('ORD-07: for every sequence of prices and first and last days the months add up to the days', ({
    assert,
  }) => {
    const priceRows = fc.uniqueArray(fc.record({ day: fc.nat(120), yen: yens }), {
      maxLength: 8,
      selector: ({ day }) => day,
    })
    fc.assert(
      fc.property(priceRows, fc.nat(60), fc.nat(120), (rows, starts, lasts) => {
        const first = Day.of('2026-01-01')
        const prices = new PriceHistory(
          [{ day: 0, yen: 5_000 }, ...rows.filter(({ day }) => day > 0)].map(({ day, yen }) => ({
            ...{ from: first.plus(day), yen, taxPercent: 10 },
          }))
        )
        const fee = lasting({ from: first.plus(starts), to: first.plus(starts + lasts) })
        let month = Month.of('2026-01')
        const charged: number[] = []
        for (let count = 0; count < 8; count++, month = month.next)
          charged.push(...(chargesOf(fee, month, prices) ?? []).map(({ yen }) => yen))
        const days = Array.from({ length: lasts + 1 }, (_, n) => first.plus(starts + n))
        const byDay = days.map((day) => prorated(prices.on(day)!.yen, { from: day, to: day }))
        assert.equal(sum(charged), sum(byDay))
      }),
      { numRuns: 2_000 }
    )
  })

  test('ORD-07: what has no price on one of its days has no amount', ({ assert }) => {
    const late = new PriceHistory([{ from: Day.of('2026-11-02'), yen: 1, taxPercent: 10 }])

    assert.isNull(chargesOf(lasting(), Month.of('2026-11'), late))
    assert.isNotNull(chargesOf(lasting(), Month.of('2026-12'), late))
  })

  test('OPT-04: a domain name is paid by the year, on the day on which its year begins', ({
    assert,
  }) => {
    const fee = lasting({ code: 'domain.gtld', from: Day.of('2024-02-29') })
    const of = (month: string) => chargesOf(fee, Month.of(month), always(4_000))

    assert.deepEqual(
      of('2024-02')?.map(({ from, to, yen }) => [`${from}`, `${to}`, yen]),
      [['2024-02-29', '2025-02-27', 4_000]]
    )
    assert.deepEqual(
      of('2025-02')?.map(({ from, to }) => [`${from}`, `${to}`]),
      [['2025-02-28', '2026-02-27']]
    )
    assert.deepEqual(
      of('2028-02')?.map(({ from }) => `${from}`),
      ['2028-02-29']
    )
    assert.deepEqual(of('2024-03'), [])
    assert.deepEqual(of('2023-02'), [])
    const ended = { ...fee, to: Day.of('2025-02-27') }
    assert.deepEqual(chargesOf(ended, Month.of('2025-02'), always(4_000)), [])
  })
})
