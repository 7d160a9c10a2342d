import type { DesiredServer } from '#convergence/desired_server'
import { policySocket } from '#convergence/services/mail_policy/layout'
import { spaceSocket } from '#convergence/services/mail_space/index'
import { localSenders, logFile, sockets, srsRecipients } from '#convergence/services/postfix/layout'
import { milters } from '#convergence/services/postfix/milters'
import { mapNames, proxied, signInFirst } from '#convergence/services/postfix/maps'
import { srsPorts } from '#convergence/services/srs/index'
import { expansion, mainCf, type Parameters } from '#convergence/syntax/postfix'

/** MAIL-02: 100 MB, as sent (RFC 1870). */
const messageSize = 100 * 1024 * 1024

/** main.cf: nothing in it depends on a domain, so no domain's change reloads Postfix. */
export function renderMainCf(server: DesiredServer): string {
  return mainCf({
    compatibility_level: '3.10',
    ...identity(server),
    ...limits,
    ...localMail,
    ...virtualMail,
    ...incoming,
    ...forwarded,
    ...ownPrograms(server),
    ...signIn,
    ...encryption,
    ...milters,
  })
}

const identity = (server: DesiredServer): Parameters => ({
  myhostname: server.hostname,
  myorigin: expansion('$myhostname'),
  mydestination: [expansion('$myhostname'), 'localhost'],
  inet_interfaces: 'all',
  inet_protocols: 'ipv4',
  // NET-05: the world sees the server's first address.
  smtp_bind_address: server.address,
  maillog_file: logFile,
  smtpd_banner: expansion('$myhostname ESMTP'),
})

const limits: Parameters = {
  message_size_limit: messageSize,
  mailbox_size_limit: 0,
  virtual_mailbox_limit: 0,
  // A `+` belongs to the local part here: taro+x is a mailbox of its own, or unknown.
  recipient_delimiter: '',
  // Dovecot's LMTP takes ASCII addresses only; a message that needs more would bounce later.
  smtputf8_enable: 'no',
  biff: 'no',
  // proxymap ends when a look-up meets the moment of a commit to the maps; 60 s without it would be an outage.
  service_throttle_time: '1s',
}

/** Mail of the system itself, such as cron's. Nobody's home is touched: customers' accounts have virtual addresses. */
const localMail: Parameters = {
  alias_database: '',
  alias_maps: 'inline:{{postmaster=root},{abuse=root},{mailer-daemon=root}}',
  local_recipient_maps: 'inline:{{root=ok},{postmaster=ok},{abuse=ok}}',
  // A domain's programs send as their own domain only (sendmail -f).
  local_login_sender_maps: [
    'inline:{{root=*},{postfix=*},{spamass-milter=<>}}',
    `texthash:${localSenders}`,
  ],
}

const virtualMail: Parameters = {
  virtual_mailbox_domains: proxied('domains'),
  virtual_mailbox_maps: proxied('mailboxes'),
  virtual_alias_maps: proxied('aliases'),
  virtual_transport: `lmtp:unix:${sockets.delivery}`,
  // One over quota must not hold back the others of the same message.
  lmtp_destination_recipient_limit: 1,
  // Of one mailbox then: somebody whose deliveries are slow holds nobody else's up.
  lmtp_destination_concurrency_limit: 4,
  proxy_read_maps: mapNames.map(proxied),
}

/** Nobody relays on port 25, a program on this server neither (MAIL-02): submission asks for a password. */
const incoming: Parameters = {
  mynetworks: '127.0.0.1/32',
  smtpd_helo_required: 'yes',
  disable_vrfy_command: 'yes',
  // CVE-2023-51764, without Postfix's exception for mynetworks: customers' programs are there.
  smtpd_forbid_bare_newline: 'reject',
  smtpd_forbid_bare_newline_exclusions: '',
  smtpd_forbid_unauth_pipelining: 'yes',
  smtpd_relay_restrictions: 'reject_unauth_destination',
  smtpd_recipient_restrictions: [
    'reject_non_fqdn_recipient',
    'reject_unlisted_recipient',
    `check_recipient_access ${proxied('recipient_access')}`,
    // PNL-05: a full mailbox, and a full domain, are refused here, before the message is ours.
    `check_policy_service unix:${sockets.quota}`,
    `check_policy_service unix:${spaceSocket}`,
    // Last, because it counts what an account sends (MAIL-11); unwanted senders are refused there too (MAIL-08).
    `check_policy_service unix:${policySocket}`,
  ],
  // Not every client says the size before; asked again with the real one, still before the message is ours.
  smtpd_end_of_data_restrictions: [sockets.quota, spaceSocket].map(
    (socket) => `check_policy_service unix:${socket}`
  ),
  // Without an answer mail is taken: LMTP asks again about quotas, and lists and limits are no reason to lose mail.
  smtpd_policy_service_default_action: 'DUNNO',
}

/**
 * REL-04: port 25 does not know which customer's program talks to it, so from this server it takes no sender
 * of a domain here, the program's own neither. sendmail and the submission ports know who it is.
 */
const ownPrograms = ({ address }: DesiredServer): Parameters => ({
  smtpd_restriction_classes: ['from_this_server', 'forwarded'],
  from_this_server: [
    `check_sender_access ${proxied('hosted_senders')}`,
    // Unix accounts have addresses at the server's own name.
    `check_sender_access inline:{{$myhostname=${signInFirst}}, {localhost=${signInFirst}}}`,
  ].map(expansion),
  // Not from everybody: forwarders and mailing lists elsewhere keep the sender.
  smtpd_sender_restrictions: `check_client_access cidr:{{127.0.0.0/8 from_this_server}, {${address} from_this_server}}`,
})

/**
 * What users forward comes back through a port of its own (master.cf), where its sender becomes an address of this
 * server; bounces to such an address are turned back into the sender (MAIL-07). Fails closed: it relays to anywhere.
 */
const forwarded: Parameters = {
  forwarded: `check_policy_service { unix:${policySocket}, policy_context=forwarded, default_action=DEFER }`,
  recipient_canonical_maps: `pipemap:{pcre:${srsRecipients},tcp:127.0.0.1:${srsPorts.reverse}}`,
  recipient_canonical_classes: 'envelope_recipient',
  // Points of a spam check that somebody else made up (MAIL-04); ours are put in after this.
  header_checks: 'pcre:{{/^X-(Spam|Virus)-/ IGNORE}}',
  mime_header_checks: '',
  nested_header_checks: '',
}

/** Sign-in exists on the submission ports only (master.cf turns it on there). */
const signIn: Parameters = {
  smtpd_sasl_type: 'dovecot',
  smtpd_sasl_path: sockets.signIn,
  smtpd_sasl_security_options: 'noanonymous',
  smtpd_tls_auth_only: 'yes',
  smtpd_sender_login_maps: proxied('senders'),
}

const encryption: Parameters = {
  smtpd_tls_security_level: 'may',
  smtpd_tls_chain_files: ['/etc/tsukasa/tls/server.key', '/etc/tsukasa/tls/server.crt'],
  smtpd_tls_protocols: '>=TLSv1.2',
  smtpd_tls_mandatory_protocols: '>=TLSv1.2',
  smtpd_tls_loglevel: 1,
  smtp_tls_security_level: 'may',
  smtp_tls_CAfile: '/etc/ssl/certs/ca-certificates.crt',
}
