import type Domain from '#models/domain'

/** ALOG-01: days that logs are kept. */
export const logDays = { least: 1, most: 366, usual: 10 } as const

/** Columns of a domain that its pages of logs write. */
export type LogSettings = Pick<Domain, 'logDays'>
