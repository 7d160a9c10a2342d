import { test } from '@japa/runner'
import { Day } from '#calendar/day'

test.group('Days in Japan', (group) => {
  const zone = process.env.TZ
  group.each.teardown(() => {
    process.env.TZ = zone
  })

  for (const timeZone of ['UTC', 'America/New_York', 'Asia/Tokyo', 'Pacific/Kiritimati']) {
    test(`ORD-01: a machine in ${timeZone} knows what day and time it is in Japan`, ({
      assert,
    }) => {
      process.env.TZ = timeZone
      const justBefore = new Date('2026-11-23T14:59:59.999Z')
      const midnight = new Date('2026-11-23T15:00:00Z')

      assert.equal(String(Day.at(justBefore)), '2026-11-23')
      assert.equal(String(Day.at(midnight)), '2026-11-24')
      assert.equal(Day.timeAt(midnight), 0)
      assert.equal(Day.timeAt(justBefore), 86_399_999)
      assert.equal(Day.of('2026-11-24').time(17).toISOString(), '2026-11-24T08:00:00.000Z')
      assert.equal(Day.of('2026-11-24').weekday, 2)
      assert.equal(String(Day.of('2026-03-08').plus(1)), '2026-03-09')
    })
  }

  for (const [day, end] of [
    ['2026-11-24', '2026-12-31'],
    ['2026-12-01', '2027-01-31'],
    ['2027-01-31', '2027-02-28'],
    ['2028-01-01', '2028-02-29'],
  ]) {
    test(`ORD-03: the end of the month after ${day} is ${end}`, ({ assert }) => {
      assert.equal(String(Day.of(day).endOfNextMonth), end)
    })
  }

  for (const text of ['', '2026-02-30', '2026-13-01', '2026-1-1', '2026-11-24T00:00', 'x']) {
    test(`ORD-03: ${JSON.stringify(text)} is no day`, ({ assert }) => {
      assert.throws(() => Day.of(text), RangeError)
    })
  }

  test('ORD-01: days before 1970 have their time, too', ({ assert }) => {
    assert.equal(Day.timeAt(new Date('1969-12-30T15:30:00Z')), 30 * 60_000)
    assert.equal(String(Day.at(new Date('1969-12-30T15:30:00Z'))), '1969-12-31')
  })
})
