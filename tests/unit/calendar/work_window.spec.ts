import { test } from '@japa/runner'
import { BusinessCalendar } from '#calendar/business_calendar'
import { Day } from '#calendar/day'
import { windowBounds, windowsOn } from '#calendar/work_window'
import { closesAtHour, yearEnd } from '#config/calendar'

const closingDays = new Map([['2026-12-03', '社員研修']])
const calendar = new BusinessCalendar({ yearEnd, closesAtHour, closingDays })
const on = (day: string) => windowsOn(calendar, Day.of(day))

test.group('Windows of work', () => {
  test('ORD-03: by day and by night on a day that an open one follows', ({ assert }) => {
    assert.deepEqual(on('2026-11-24'), ['10-12', '13-15', '15-17', '18-21', '21-24'])
  })

  for (const [day, what] of [
    ['2026-11-20', 'a Saturday'],
    ['2026-11-02', 'a holiday'],
    ['2026-12-28', 'the turn of the year'],
    ['2026-12-02', 'a closing day'],
  ]) {
    test(`ORD-03: by day only before ${what}`, ({ assert }) => {
      assert.deepEqual(on(day), ['10-12', '13-15', '15-17'])
    })
  }

  test('ORD-03: not at all on a closed day, though the next is open', ({ assert }) => {
    assert.deepEqual(on('2026-11-23'), [])
    assert.deepEqual(on('2026-12-03'), [])
  })

  test('ORD-03: the last window ends at midnight in Japan', ({ assert }) => {
    const { from, to } = windowBounds(Day.of('2026-11-24'), '21-24')

    assert.equal(from.toISOString(), '2026-11-24T12:00:00.000Z')
    assert.equal(to.toISOString(), '2026-11-24T15:00:00.000Z')
  })
})
