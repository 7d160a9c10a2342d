import { forwardPort } from '#convergence/services/mail_policy/layout'
import {
  listPort,
  listsAccount,
  listTransport,
  program,
} from '#convergence/services/mailing_lists/layout'
import { srsPorts } from '#convergence/services/srs/index'
import { type Daemon, expansion, masterCf, type Value } from '#convergence/syntax/postfix'

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
  smtpd_recipient_restrictions: 'counted',
  // Many people may sit behind one address.
  smtpd_client_connection_count_limit: '40',
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
  // For Dovecot alone (the restriction class asks who connects). Its mail was checked when it came.
  inet(`127.0.0.1:${forwardPort}`, {
    syslog_name: 'postfix/forward',
    cleanup_service_name: 'forwarded',
    smtpd_tls_security_level: 'none',
    smtpd_milters: '',
    smtpd_client_connection_count_limit: '0',
    smtpd_sender_restrictions: '',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    smtpd_recipient_restrictions: 'forwarded',
    smtpd_end_of_data_restrictions: '',
    // An unknown user at the other end is a bounce to the first sender, as from any other server.
    smtpd_reject_unlisted_recipient: 'no',
  }),
]

/** For what mlmmj sends. Posts were looked at when they came, and keep what was said about them; they are signed here. */
const listing = inet(`127.0.0.1:${listPort}`, {
  syslog_name: 'postfix/lists',
  cleanup_service_name: 'listed',
  smtpd_tls_security_level: 'none',
  smtpd_milters: expansion('$signer_milters'),
  smtpd_client_connection_count_limit: '0',
  smtpd_authorized_verp_clients: '127.0.0.1',
  smtpd_sender_restrictions: '',
  smtpd_relay_restrictions: 'permit_mynetworks, reject',
  smtpd_recipient_restrictions: 'listed',
  smtpd_end_of_data_restrictions: '',
  // A member who is gone is a bounce, that counts for him alone.
  smtpd_reject_unlisted_recipient: 'no',
})

/** Hands a message on stdin to mlmmj, by way of our program. */
const lists: Daemon = {
  name: listTransport,
  type: 'unix',
  privileged: true,
  limit: 20,
  program: 'pipe',
  arguments: [
    'flags=R',
    `user=${listsAccount.name}`,
    `argv=/usr/bin/python3 -I -S ${program} deliver \${nexthop} \${sender} \${recipient}` +
      // Each with something in front of it: neither is ever left out for being empty.
      ' login:${sasl_username} client:${client_address}',
  ],
}

const scanned = (): Daemon => ({
  ...unix('listed', { isPrivate: false, limit: 0, program: 'cleanup' }),
  options: { header_checks: '' },
})

/** Gives a forwarded message a sender of this server, and leaves its header alone. */
const forwarding = (): Daemon => ({
  ...unix('forwarded', { isPrivate: false, limit: 0, program: 'cleanup' }),
  options: {
    sender_canonical_maps: `tcp:127.0.0.1:${srsPorts.forward}`,
    sender_canonical_classes: 'envelope_sender',
    header_checks: '',
  },
})

/** Each port has processes of its own, so that none of them starves another. */
function inet(name: string, options: Readonly<Record<string, Value>>): Daemon {
  return {
    name,
    type: 'inet',
    isPrivate: false,
    chroot: true,
    limit: 75,
    program: 'smtpd',
    options,
  }
}

const unix = (name: string, more: Partial<Daemon> = {}): Daemon => ({
  name,
  type: 'unix',
  chroot: true,
  program: name,
  ...more,
})

/** Postfix's own daemons, as Debian has them; without those that nothing here uses (local, virtual, relay hosts). */
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
  unix('lmtp'),
  unix('anvil', { limit: 1 }),
  unix('scache', { limit: 1 }),
  {
    ...unix('postlog', { isPrivate: false, chroot: false, limit: 1, program: 'postlogd' }),
    type: 'unix-dgram',
  },
]

export const renderMasterCf = () =>
  masterCf([...ports, listing, lists, forwarding(), scanned(), ...own])
