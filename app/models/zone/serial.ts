import { DateTime } from 'luxon'

/** RFC 1982: secondaries take over only what is newer, so it never becomes smaller. */
const most = 2 ** 32 - 1

/** `2026112201`: Japan's day and a number; more than 99 changes a day borrow from the days to come. */
export function nextSerial(serial: number, now = DateTime.utc()): number {
  const today = Number(`${now.setZone('Asia/Tokyo').toFormat('yyyyLLdd')}01`)
  return Math.min(most, Math.max(serial + 1, today))
}
