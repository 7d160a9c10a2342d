import { toAbsolutePath } from '#convergence/syntax/names'

/** The account that answers Postfix; below the first uid of customers, named in /var/lib/extrausers. */
export const policyAccount = { name: 'tsukasa-policy', id: 19997 } as const

export const program = toAbsolutePath('/etc/tsukasa/mail_policy/policy.py')
export const listDirectory = toAbsolutePath('/var/lib/tsukasa/mail_policy')
export const listDatabase = toAbsolutePath(`${listDirectory}/lists.sqlite`)

/** What each account has sent, and which are locked: written by the program, kept over restarts. */
export const stateDatabase = toAbsolutePath('/var/lib/tsukasa-mail-policy/state.sqlite')

/** In Postfix's private directory, as Postfix names it. */
export const policySocket = 'private/tsukasa-policy'

/** Where Dovecot hands in what users forward, and the program its notices; on loopback only. */
export const forwardPort = 10025

/** Where the scanner asks about what programs hand to sendmail, which no smtpd sees. */
export const programSocket = '/run/tsukasa-mail-policy/programs'
