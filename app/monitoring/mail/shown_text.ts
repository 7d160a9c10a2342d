import { textOf } from '#convergence/agent/shapes'

/**
 * What somebody outside wrote (a subject, a HELO, another server's answer) on one line: no control
 * characters, and none that turn the direction of what stands beside it.
 */
export function shownText(value: unknown, maxLength: number): string {
  return textOf(value, maxLength)
    .replace(/[\t\n\r ]+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}\p{Co}]/gu, '\u{fffd}')
    .replace(/\p{Cf}|[\u2028\u2029]/gu, '')
    .trim()
}
