import { toAbsolutePath } from '#convergence/syntax/names'

/**
 * The account that mlmmj runs as: no customer's program has its uid, and nobody but it enters the spool. Below the
 * first uid of customers, named in /var/lib/extrausers because pipe(8) wants a name.
 */
export const listsAccount = { name: 'tsukasa-lists', id: 19996 } as const

/** Where mlmmj hands in what it sends; on loopback, for that account alone. */
export const listPort = 10026

/** Postfix's transport of messages to lists. */
export const listTransport = 'lists'

export const configuration = toAbsolutePath('/etc/tsukasa/mailing_lists')
export const program = toAbsolutePath(`${configuration}/lists.py`)
export const texts = toAbsolutePath(`${configuration}/texts`)

/** What the panel says: settings are rows, members a file for each list. */
export const data = toAbsolutePath('/var/lib/tsukasa/mailing_lists')
export const settingsDatabase = toAbsolutePath(`${data}/lists.sqlite`)
export const memberDirectory = toAbsolutePath(`${data}/members`)

/** mlmmj's own files, a directory for each list. */
export const spool = toAbsolutePath('/var/lib/tsukasa-lists')
