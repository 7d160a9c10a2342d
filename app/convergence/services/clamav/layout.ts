import { toAbsolutePath } from '#convergence/syntax/names'

/** Where this server's own clamd listens. */
export const ownSocket = toAbsolutePath('/run/clamav/clamd.ctl')

/**
 * Where the scanner of the compute node appears in a server that shares it (an LXD device of type `proxy`; not below
 * /run, which is mounted after such a device is made). While its directory is there it is asked instead of
 * an own one, which then does not start: see docs/mail-scanning.md.
 */
export const sharedDirectory = toAbsolutePath('/var/lib/tsukasa-shared')
export const sharedSocket = toAbsolutePath(`${sharedDirectory}/clamd.ctl`)
