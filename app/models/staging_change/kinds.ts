/**
 * - swap: what is public and what is on staging change places
 * - publish: chosen files of staging become public; withdraw: and what was there before comes back
 * - refresh: staging becomes a copy of what is public; restore: of a generation
 * - discard: a generation goes
 * - receive: staging becomes what is public on another server that has the same domain (WEB-08)
 */
export const stagingKinds = [
  'swap',
  'publish',
  'withdraw',
  'refresh',
  'restore',
  'discard',
  'receive',
] as const
export type StagingKind = (typeof stagingKinds)[number]

/** `copying`: files are worked on, nothing has changed place yet; `exchanging`: on its way with an apply. */
export type StagingState = 'copying' | 'exchanging' | 'done' | 'failed'

/** Why nothing of it was done. */
export type StagingFailure =
  | 'unreachable'
  | 'no_room'
  | 'too_deep'
  | 'too_much'
  | 'gone'
  | 'refused'
  | 'cut_off'
  | 'database'
  | 'source_gone'
  | 'source_empty'
  | 'source_too_large'
  | 'source_unreachable'

/** What was copied. */
export interface Figures {
  readonly files?: number
  readonly bytes?: number
  readonly skipped?: number
  readonly keepsPrevious?: boolean
}
