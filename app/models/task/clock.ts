import { DateTime } from 'luxon'

/** A moment as both databases store it, with milliseconds. Text of one form, so that it also compares as text. */
export function sqlTime(at: Date | number = Date.now()): string {
  return DateTime.fromMillis(Number(at)).toFormat('yyyy-MM-dd HH:mm:ss.SSS')
}
