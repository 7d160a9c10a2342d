import { toAbsolutePath } from '#convergence/syntax/names'

/** WEB-05. */
export const port = 21
export const passivePorts = { first: 10000, last: 10999 } as const

export const configurationDirectory = toAbsolutePath('/etc/tsukasa/ftp')
export const configuration = toAbsolutePath(`${configurationDirectory}/proftpd.conf`)
export const program = toAbsolutePath(`${configurationDirectory}/start.py`)
export const passwordProgram = toAbsolutePath(`${configurationDirectory}/password.py`)

/** Dovecot listens on it. */
export const passwordSocket = '/run/dovecot/ftp'

/** What lies in it is made by `start.py` and by ProFTPD, and made again when it is gone. */
export const stateDirectory = toAbsolutePath('/var/lib/tsukasa/ftp')
export const usersFile = `${stateDirectory}/users`

/** Not syslog: every program of a customer can write there. */
export const logDirectory = toAbsolutePath('/var/log/ftp')

/** Transfers go through it to `split.py`, which writes each into the log of its domain (ALOG-01). */
export const transferPipe = toAbsolutePath('/run/tsukasa/ftp-log')
export const splitProgram = toAbsolutePath(`${configurationDirectory}/split.py`)
export const splitUnit = 'tsukasa-ftp-log'
