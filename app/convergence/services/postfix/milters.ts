import { expansion, type Parameters } from '#convergence/syntax/postfix'

/**
 * Where Postfix's daemons reach the filters (milters): one directory each, of the filter's own user, which only the
 * group postfix may enter. Names are relative to the queue directory, so they are right inside a chroot and outside.
 */
export const milterDirectory = '/var/spool/postfix/milters'

export const milterSockets = {
  /** Viruses and spam (MAIL-03, MAIL-04), for mail that comes over SMTP. */
  scanner: 'milters/scanner/smtp',
  /** The same for what programs hand to `sendmail`: nobody is there to hear a refusal. */
  programs: 'milters/scanner/programs',
  /** DKIM (MAIL-11). */
  dkim: 'milters/dkim/signer',
} as const

/** The scanner answers within 100 s, whatever the daemons behind it do; Postfix waits a little longer. */
const scanner = (socket: string) =>
  expansion(
    `{ unix:${socket}, connect_timeout=10s, command_timeout=30s, content_timeout=150s, default_action=tempfail }`
  )

const signer = expansion(
  `{ unix:${milterSockets.dkim}, connect_timeout=5s, command_timeout=10s, content_timeout=60s, default_action=accept }`
)

/**
 * Filters of every port that takes mail from people, programs and other servers, in this order. A port that only hands
 * on what was filtered already sets `smtpd_milters` empty.
 *
 * Without the scanner mail waits with its sender (451), so that nothing unseen comes in; without the signer it
 * passes unsigned and unverified.
 */
export const milters: Parameters = {
  milter_default_action: 'tempfail',
  smtpd_milters: [scanner(milterSockets.scanner), signer],
  non_smtpd_milters: [scanner(milterSockets.programs), signer],
  // Of a port in master.cf, where braces have another meaning.
  signer_milters: [signer],
}
