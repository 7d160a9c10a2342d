import { toAbsolutePath } from '#convergence/syntax/names'

export const configuration = '/etc/postfix'
/** Definitions of the maps below, and the one table that Postfix reads as a file. */
export const mapDirectory = `${configuration}/maps`
/** Rows of all maps; read by proxymap on behalf of every daemon, live. */
export const mapDatabase = toAbsolutePath('/var/lib/tsukasa/postfix/maps.sqlite')
export const localSenders = `${mapDirectory}/local_senders`

/** Addresses of this server that stand for the sender of a forwarded message; other recipients are not looked up there. */
export const srsRecipients = `${mapDirectory}/srs_recipients`

/**
 * Not syslog: every program of a customer can write there, and the log is where he looks for his mail. Rotated daily,
 * kept for five weeks.
 */
export const logDirectory = '/var/log/mail'
export const logFile = `${logDirectory}/postfix.log`

/** Sockets in Postfix's private directory that Dovecot listens on. */
export const sockets = {
  signIn: 'private/auth',
  delivery: 'private/dovecot-lmtp',
  quota: 'private/quota-status',
} as const
