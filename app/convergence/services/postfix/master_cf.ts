import { type Daemon, masterCf } from '#convergence/syntax/postfix'

/**
 * What both submission ports ask for: a sign-in, and an own address as sender (MAIL-02).
 *
 * The envelope decides, the From line of the message is left alone on purpose: people send for a shared address,
 * resend, and forward. Who really sent it is in the envelope, which is Return-Path at the other end and what
 * SPF looks at, and in the log with the name that signed in.
 */
const signedIn = {
  smtpd_sasl_auth_enable: 'yes',
  smtpd_sender_restrictions: 'reject_sender_login_mismatch',
  smtpd_relay_restrictions: 'permit_sasl_authenticated, reject',
}

const ports: readonly Daemon[] = [
  inet('smtp', {}),
  inet('submission', {
    syslog_name: 'postfix/submission',
    smtpd_tls_security_level: 'encrypt',
    ...signedIn,
  }),
  inet('submissions', {
    syslog_name: 'postfix/submissions',
    smtpd_tls_wrappermode: 'yes',
    ...signedIn,
  }),
]

function inet(name: string, options: Readonly<Record<string, string>>): Daemon {
  return { name, type: 'inet', isPrivate: false, chroot: true, program: 'smtpd', options }
}

const unix = (name: string, more: Partial<Daemon> = {}): Daemon => ({
  name,
  type: 'unix',
  chroot: true,
  program: name,
  ...more,
})

/** Postfix's own daemons, as Debian has them; without those that nothing here uses (virtual, relay hosts). */
const own: readonly Daemon[] = [
  unix('pickup', { isPrivate: false, wakeup: '60', limit: 1 }),
  unix('cleanup', { isPrivate: false, limit: 0 }),
  unix('qmgr', { isPrivate: false, chroot: false, wakeup: '300', limit: 1 }),
  unix('tlsmgr', { wakeup: '1000?', limit: 1 }),
  unix('rewrite', { program: 'trivial-rewrite' }),
  ...['bounce', 'defer', 'trace'].map((name) => unix(name, { program: 'bounce', limit: 0 })),
  unix('verify', { limit: 1 }),
  unix('flush', { isPrivate: false, wakeup: '1000?', limit: 0 }),
  unix('proxymap', { chroot: false }),
  unix('proxywrite', { chroot: false, limit: 1, program: 'proxymap' }),
  unix('smtp'),
  unix('relay', { program: 'smtp' }),
  unix('showq', { isPrivate: false }),
  ...['error', 'retry'].map((name) => unix(name, { program: 'error' })),
  unix('discard'),
  unix('local', { chroot: false }),
  unix('lmtp'),
  unix('anvil', { limit: 1 }),
  unix('scache', { limit: 1 }),
  {
    ...unix('postlog', { isPrivate: false, chroot: false, limit: 1, program: 'postlogd' }),
    type: 'unix-dgram',
  },
]

export const renderMasterCf = () => masterCf([...ports, ...own])
