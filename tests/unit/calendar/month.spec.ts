import { test } from '@japa/runner'
import { Day } from '#calendar/day'
import { monthOf, readMonth } from '#calendar/month'

test.group('Months', () => {
  test('ORD-06: a month has each of its days once, under its weekday', ({ assert }) => {
    for (const text of ['2026-02', '2026-11', '2028-02', '2026-08']) {
      const { weeks, first, last } = readMonth(text)!
      const days = weeks.flat().filter((day) => day !== null)
      assert.lengthOf(days, first.until(last) + 1)
      for (const week of weeks) {
        assert.lengthOf(week, 7)
        week.forEach((day, weekday) => assert.isTrue(day === null || day.weekday === weekday))
      }
    }
  })

  test('ORD-06: after December comes January of the next year', ({ assert }) => {
    const december = readMonth('2026-12')!
    assert.equal(december.next, '2027-01')
    assert.equal(december.previous, '2026-11')
    assert.equal(String(december.last), '2026-12-31')
    assert.equal(monthOf(Day.of('2027-01-31')), '2027-01')
  })

  for (const text of ['', '2026', '2026-13', '2026-00', '1999-12', '2050-01', '2026-1', 'x'])
    test(`ORD-06: 「${text}」 is no month`, ({ assert }) => {
      assert.isNull(readMonth(text))
    })
})
