/** BKP-02: hours of the night (Japan) in which servers are read, each at a moment of its own. */
export const backupHours = { first: 1, last: 5 } as const

/** Generations of each domain on the backup host, where staff did not say otherwise. */
export const defaultGenerations = 3

/** Of a domain that is gone for good. */
export const keptAfterEndDays = 30

/** Milliseconds for one domain; what takes longer is cut off and goes on the next night. */
export const longestBackupMs = 2 * 3600_000

/** Bytes that stay free on the backup host, at most: of a small disk it is a tenth. */
export const hostReserve = 4 * 2 ** 30
