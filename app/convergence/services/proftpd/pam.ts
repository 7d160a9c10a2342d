import { passwordProgram, passwordSocket } from '#convergence/services/proftpd/layout'

/** The name of the file in `/etc/pam.d`. */
export const pamService = 'tsukasa-ftp'

/**
 * ProFTPD's way to ask somebody else whether a password is right; who somebody is, PAM is never asked. Credentials
 * are set by a second module, because the first one has nothing to say about them.
 */
export const pamFile = `auth required pam_exec.so quiet expose_authtok /usr/bin/python3 -I -S ${passwordProgram} ${passwordSocket}
auth required pam_permit.so
account required pam_permit.so
session required pam_permit.so
password required pam_deny.so
`
