import { test } from '@japa/runner'
import { BusinessCalendar } from '#calendar/business_calendar'
import { Day } from '#calendar/day'
import { choice, earliest, refusal, type LeadTime } from '#calendar/lead_time'
import { closesAtHour, yearEnd } from '#config/calendar'

const calendar = new BusinessCalendar({ yearEnd, closesAtHour, closingDays: new Map() })
const disk: LeadTime = { kind: 'until_end_of_next_month', days: 6 }
const cancellation: LeadTime = { kind: 'today_until_end_of_next_month', untilHour: 17 }
const at = (day: string, hour: number, minute = 0) => Day.of(day).time(hour, minute)

function bounds(lead: LeadTime, moment: Date) {
  const days = choice(lead, calendar, moment)
  return days && [String(days.first), days.last && String(days.last)]
}

test.group('Lead times', () => {
  test('ORD-03: a disk extension can be had from the 6th business day to the end of next month', ({
    assert,
  }) => {
    assert.deepEqual(bounds(disk, at('2026-11-20', 10)), ['2026-11-30', '2026-12-31'])
    assert.deepEqual(bounds(disk, at('2026-11-20', 17)), ['2026-12-01', '2026-12-31'])
  })

  test('ORD-03: over the turn of the year six business days reach far', ({ assert }) => {
    assert.deepEqual(bounds(disk, at('2026-12-25', 12)), ['2027-01-07', '2027-01-31'])
  })

  test('ORD-02: a first server can be had from the 3rd business day on, without end', ({
    assert,
  }) => {
    assert.deepEqual(bounds({ kind: 'from', days: 3 }, at('2026-11-24', 9)), ['2026-11-26', null])
  })

  test('ORD-04: a server can be cancelled today until 17:00, then from tomorrow on, on closed days as well', ({
    assert,
  }) => {
    assert.deepEqual(bounds(cancellation, at('2026-11-22', 16, 59)), ['2026-11-22', '2026-12-31'])
    assert.deepEqual(bounds(cancellation, at('2026-11-22', 17)), ['2026-11-23', '2026-12-31'])
    assert.isNull(refusal(cancellation, calendar, at('2026-11-22', 12), Day.of('2026-12-31')))
  })

  test('ORD-04: on the last evening of a month tomorrow is the next month, the end stays', ({
    assert,
  }) => {
    assert.deepEqual(bounds(cancellation, at('2026-11-30', 23, 59)), ['2026-12-01', '2026-12-31'])
    assert.deepEqual(bounds(cancellation, at('2026-12-01', 0)), ['2026-12-01', '2027-01-31'])
  })

  test('ORD-03: days that nobody chooses are expected, not offered', ({ assert }) => {
    const setUp: LeadTime = { kind: 'days', days: 7 }

    assert.isNull(bounds(setUp, at('2026-11-24', 9)))
    assert.equal(String(earliest(setUp, calendar, at('2026-11-24', 9))), '2026-12-02')
    assert.equal(
      String(earliest({ kind: 'at_once' }, calendar, at('2026-11-22', 23))),
      '2026-11-22'
    )
  })

  test('ORD-03: a day that can’t be chosen says why', ({ assert }) => {
    const why = (day: string) => refusal(disk, calendar, at('2026-11-20', 10), Day.of(day))

    assert.equal(why('2026-11-27'), 'too_early')
    assert.isNull(why('2026-11-30'))
    assert.equal(why('2026-12-05'), 'closed')
    assert.equal(why('2026-12-29'), 'closed')
    assert.isNull(why('2026-12-28'))
    assert.equal(why('2027-01-04'), 'too_late')
  })
})
