import { test } from '@japa/runner'
import fc from 'fast-check'
import { linesOf, readMoment } from '#commands/calendar_explain'
import { BusinessCalendar } from '#calendar/business_calendar'
import { Day } from '#calendar/day'
import { explain } from '#calendar/explanation'
import { earliest, type LeadTime } from '#calendar/lead_time'
import { closesAtHour, yearEnd } from '#config/calendar'

const closingDays = new Map([['2026-11-25', '創立記念日']])
const calendar = new BusinessCalendar({ yearEnd, closesAtHour, closingDays })
const lines = (lead: LeadTime, moment: string) =>
  linesOf(explain(lead, calendar, readMoment(moment)!))

test.group('Why a date comes out', () => {
  test('ORD-01: every day between the application and the work day says what it counted for', ({
    assert,
  }) => {
    assert.deepEqual(lines({ kind: 'days', days: 3 }, '2026-11-20 17:30'), [
      '2026-11-20 (金) の受付時間を過ぎているため、2026-11-24 (火) の受付です',
      '  2026-11-20 (金)  受付時間外',
      '  2026-11-21 (土)  土曜日',
      '  2026-11-22 (日)  日曜日',
      '  2026-11-23 (月)  祝日 (勤労感謝の日)',
      '  2026-11-24 (火)  1 営業日目',
      '  2026-11-25 (水)  休業日 (創立記念日)',
      '  2026-11-26 (木)  2 営業日目',
      '  2026-11-27 (金)  3 営業日目',
      '2026-11-27 (金) の予定です (日は選べません)',
    ])
  })

  test('ORD-03: what may be chosen is said with its end, or without one', ({ assert }) => {
    const upTo = lines({ kind: 'until_end_of_next_month', days: 1 }, '2026-11-24 9:00')
    assert.equal(upTo.at(-1), '2026-11-24 (火) から 2026-12-31 (木) までの日を選べます')
    const open = lines({ kind: 'from', days: 1 }, '2026-11-24 16:59')
    assert.equal(open.at(-1), '2026-11-24 (火) 以降の日を選べます')
  })

  test('ORD-04: cancellations count no days; after 17:00 today is over', ({ assert }) => {
    const lead: LeadTime = { kind: 'today_until_end_of_next_month', untilHour: 17 }
    assert.deepEqual(lines(lead, '2026-11-22 17:00'), [
      '2026-11-22 (日) の受付時間を過ぎているため、翌日からになります',
      '2026-11-23 (月) から 2026-12-31 (木) までの日を選べます',
    ])
  })

  test('ORD-01: the explanation always comes to the same day as the calendar', ({ assert }) => {
    const start = Day.of('2013-01-01').time(0).getTime()
    const moments = fc.integer({ min: 0, max: 27 * 365 * 24 * 60 }).map((m) => start + m * 60_000)
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 12 }), (ms, count) => {
        const lead: LeadTime = { kind: 'days', days: count }
        const found = explain(lead, calendar, new Date(ms))
        const last = found.days.at(-1)!
        assert.equal(last.number, count)
        assert.equal(String(last.day), String(earliest(lead, calendar, new Date(ms))))
        const first = found.days.find(({ number }) => number === 1)!
        assert.equal(String(first.day), String(found.receivedOn))
      }),
      { numRuns: 2000 }
    )
  })

  for (const typed of ['', '2026-11-20', '2026-13-01 10:00', '2026-11-20 25:00', 'today'])
    test(`ORD-01: 「${typed}」 is no moment`, ({ assert }) => {
      assert.isNull(readMoment(typed))
    })
})
