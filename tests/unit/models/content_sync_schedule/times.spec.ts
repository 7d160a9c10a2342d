import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { nextTimeOf, syncIntervals, type SyncTimes } from '#models/content_sync_schedule/times'

const japan = (text: string) => DateTime.fromISO(text, { zone: 'Asia/Tokyo' }) as DateTime<true>
const next = (times: SyncTimes, now: string) =>
  nextTimeOf(times, japan(now).toUTC()).setZone('Asia/Tokyo').toFormat('yyyy-MM-dd HH:mm')

test.group('Times of content syncs', () => {
  test('WEB-08: daily at a time of Japan’s, today or tomorrow', ({ assert }) => {
    const daily = { everyHours: 24, atMinute: 3 * 60 + 30 } as const
    assert.equal(next(daily, '2026-12-31T03:29:59'), '2026-12-31 03:30')
    assert.equal(next(daily, '2026-12-31T03:30:00'), '2027-01-01 03:30')
    assert.equal(next(daily, '2026-12-31T23:59:00'), '2027-01-01 03:30')
  })

  test('WEB-08: several times a day, one of which is the chosen one', ({ assert }) => {
    const often = { everyHours: 6, atMinute: 22 * 60 + 15 } as const
    assert.equal(next(often, '2026-11-22T00:00:00'), '2026-11-22 04:15')
    assert.equal(next(often, '2026-11-22T20:00:00'), '2026-11-22 22:15')
    assert.equal(next(often, '2026-11-22T22:15:00'), '2026-11-23 04:15')
    assert.equal(next({ everyHours: 1, atMinute: 5 }, '2026-11-22T23:06:00'), '2026-11-23 00:05')
  })

  test('WEB-08: the next time is always later, and never later than one interval', ({ assert }) => {
    for (const everyHours of syncIntervals) {
      for (let minute = 0; minute < 24 * 60; minute += 7) {
        const now = japan('2026-11-22T00:00:30').plus({ minutes: minute * 3 }) as DateTime<true>
        const wait = nextTimeOf({ everyHours, atMinute: minute }, now.toUTC()).diff(now, 'hours')
        assert.isAbove(wait.hours, 0)
        assert.isAtMost(wait.hours, everyHours)
      }
    }
  })
})
