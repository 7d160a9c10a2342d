import { toAbsolutePath } from '#convergence/syntax/names'

/** MAIL-09: after this many seconds a user's script is ended. */
export const runSeconds = 10

/** Holds the one socket that Dovecot takes for a program. */
export const programDirectory = toAbsolutePath('/run/tsukasa/user_scripts')
