import { toAbsolutePath } from '#convergence/syntax/names'

/** The account of whoever asks spamd and clamd about mail; Debian's package makes it. */
export const scannerUser = 'spamass-milter'

export const socketPath = toAbsolutePath('/run/spamd.sock')
