import { test } from '@japa/runner'
import { BusinessCalendar, type CalendarSettings } from '#calendar/business_calendar'
import { Day } from '#calendar/day'
import { yearEnd, closesAtHour } from '#config/calendar'
import { japaneseHolidays } from '#tests/support/japanese_holidays'

const first = Day.of('2013-01-01')
const days = Array.from({ length: 28 * 366 }, (_, index) => first.plus(index)).filter(
  (day) => day.toString() < '2041'
)
const open = days.filter(isOpenByLaw).map(String)

/** By day: the place of the first open one from it on in the table. */
const firstOpen = new Map<string, number>()
for (let index = days.length - 1, place = open.length; index >= 0; index--) {
  const day = String(days[index])
  if (open[place - 1] === day) place--
  firstOpen.set(day, place)
}

function isOpenByLaw(day: Day) {
  const text = day.toString()
  const isTurn = text.slice(5) >= '12-29' || text.slice(5) <= '01-03'
  const weekday = new Date(`${text}T12:00:00Z`).getUTCDay()
  return (
    weekday !== 0 &&
    weekday !== 6 &&
    !isTurn &&
    !japaneseHolidays(Number(text.slice(0, 4))).has(text)
  )
}

function calendar(settings: Partial<CalendarSettings> = {}) {
  return new BusinessCalendar({ yearEnd, closesAtHour, closingDays: new Map(), ...settings })
}

/** The same numbers at every run. */
function* numbers(seed: number) {
  for (let state = seed; ;) yield (state = (state * 1_103_515_245 + 12_345) % 2 ** 31)
}

test.group('Business days', () => {
  test('ORD-01: each day from 2013 to 2040 is open or closed as the law says', ({ assert }) => {
    const business = calendar()

    const found = days.filter((day) => business.isOpen(day)).map(String)

    assert.equal(days.length, 10_227)
    assert.deepEqual(found, open)
  })

  test('ORD-01: of 100,000 applications the nth business day is the nth of the table', ({
    assert,
  }) => {
    const business = calendar()
    const random = numbers(1)
    const next = () => Number(random.next().value)
    const wrong: string[] = []
    for (let index = 0; index < 100_000; index++) {
      const day = days[next() % (days.length - 400)]
      const minute = next() % 1440
      const count = 1 + (next() % 12)
      const moment = day.time(0, minute)
      const from = firstOpen.get(String(day.plus(minute >= closesAtHour * 60 ? 1 : 0))) ?? -1
      const received = business.receivedOn(moment)
      const nth = business.nth(received, count)
      if (received.toString() !== open[from] || nth.toString() !== open[from + count - 1])
        wrong.push(`${moment.toISOString()} ${count}: ${received} ${nth}`)
    }

    assert.deepEqual(wrong, [])
  }).timeout(60_000)

  test('ORD-01: a complete application of 16:59 counts today, of 17:00 the next business day', ({
    assert,
  }) => {
    const friday = Day.of('2026-11-20')

    assert.equal(String(calendar().receivedOn(friday.time(16, 59))), '2026-11-20')
    assert.equal(String(calendar().receivedOn(friday.time(17))), '2026-11-24')
    assert.equal(String(calendar().receivedOn(friday.time(24))), '2026-11-24')
  })

  test('ORD-01: closed days say why', ({ assert }) => {
    const closingDays = new Map([['2026-08-13', '夏期休業']])
    const why = (day: string) => calendar({ closingDays }).closedBecause(Day.of(day))

    assert.deepEqual(why('2026-11-23'), { reason: 'holiday', name: '勤労感謝の日' })
    assert.deepEqual(why('2026-08-13'), { reason: 'closing_day', name: '夏期休業' })
    assert.deepEqual(why('2026-12-29'), { reason: 'year_end' })
    assert.deepEqual(why('2027-01-04'), null)
    assert.deepEqual(why('2026-11-21'), { reason: 'saturday' })
    assert.deepEqual(why('2026-11-22'), { reason: 'sunday' })
    assert.equal(why('2026-05-06')?.reason, 'holiday')
  })

  test('ORD-01: the turn of the year is the provider’s to say', ({ assert }) => {
    const long = calendar({ yearEnd: { from: '12-26', to: '01-07' } })

    assert.deepEqual(long.closedBecause(Day.of('2027-01-07')), { reason: 'year_end' })
    assert.isTrue(long.isOpen(Day.of('2027-01-08')))
    assert.isFalse(long.isOpen(Day.of('2028-12-26')))
  })

  test('ORD-01: years whose holidays nobody knows are refused, not guessed', ({ assert }) => {
    assert.throws(() => calendar().isOpen(Day.of('2051-01-04')), /unknown/)
    assert.throws(() => calendar().isOpen(Day.of('1969-12-31')), /unknown/)
  })

  for (const count of [0, -1, 1.5, Number.NaN]) {
    test(`ORD-01: there is no ${count}th business day`, ({ assert }) => {
      assert.throws(() => calendar().nth(Day.of('2026-11-24'), count), RangeError)
    })
  }
})
