import type { DesiredServer } from '#convergence/desired_server'
import { serverFiles } from '#convergence/services/apache/tls'
import { listTransport } from '#convergence/services/mailing_lists/layout'
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
    ...lists,
    ...ownPrograms(server),
    ...signIn,
    ...encryption(server),
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
  // Room that the queue leaves to databases and sites of the same disk, whoever sends.
  queue_minfree: 5 * messageSize,
  // Postfix counts a message that was begun and never sent as one that is not delivered yet, so that some hundred of them, which
  // cost nobody anything, would make each message of everybody wait a second.
  in_flow_delay: '0s',
  // One address does not take all connections of a port; programs of this server are no exception.
  smtpd_client_event_limit_exceptions: '',
  smtpd_client_connection_count_limit: 20,
  // proxymap ends when a look-up meets the moment of a commit to the maps; 60 s without it would be an outage.
  service_throttle_time: '1s',
}

/**
 * Nothing is delivered at the server's own name: nobody reads there, and a mailbox without an owner would fill the disk.
 * Its addresses are refused at RCPT and come back to programs, but for those that are aliases (of customers' accounts)
 * or rewritten senders (MAIL-07).
 */
const localMail: Parameters = {
  local_transport: 'error:5.1.1 Nobody reads mail at this name, write to postmaster at the domain',
  alias_database: '',
  alias_maps: '',
  // The transport says it already.
  local_recipient_maps: '',
  // To a postmaster that is not there.
  notify_classes: '',
  // A domain's programs send as their own domain only (sendmail -f).
  local_login_sender_maps: [
    'inline:{{root=*},{postfix=*},{spamass-milter=<>}}',
    `texthash:${localSenders}`,
  ],
  // REL-04: who writes to whom is nobody else's business.
  authorized_mailq_users: 'root',
  authorized_flush_users: 'root',
}

const virtualMail: Parameters = {
  virtual_mailbox_domains: proxied('domains'),
  virtual_mailbox_maps: [proxied('mailboxes'), proxied('lists')],
  transport_maps: proxied('lists'),
  virtual_alias_maps: proxied('aliases'),
  virtual_transport: `lmtp:unix:${sockets.delivery}`,
  // One over quota must not hold back the others of the same message.
  lmtp_destination_recipient_limit: 1,
  // Of one mailbox then: somebody whose deliveries are slow holds nobody else's up.
  lmtp_destination_concurrency_limit: 4,
  proxy_read_maps: mapNames.map(proxied),
}

/** A lock in one mailbox must not hold smtpd for long. Without an answer mail is taken, and LMTP asks again. */
const room = [sockets.quota, spaceSocket].map(
  (socket) => `check_policy_service { unix:${socket}, timeout=7s, default_action=DUNNO }`
)

/** Ends with what counts an account's recipients (MAIL-11), so that only those count that nothing else refuses. */
const recipients = (policy: string) => [
  'reject_non_fqdn_recipient',
  'reject_unlisted_recipient',
  `check_recipient_access ${proxied('recipient_access')}`,
  // PNL-05: a full mailbox, and a full domain, are refused here, before the message is ours.
  ...room,
  // Unwanted senders are refused there too (MAIL-08).
  `check_policy_service { unix:${policySocket}, timeout=10s, ${policy} }`,
]

/** Nobody relays on port 25, a program on this server neither (MAIL-02): submission asks for a password. */
const incoming: Parameters = {
  mynetworks: '127.0.0.1/32',
  smtpd_helo_required: 'yes',
  disable_vrfy_command: 'yes',
  // CVE-2023-51764, without Postfix's exception for mynetworks: customers' programs are there.
  smtpd_forbid_bare_newline: 'reject',
  smtpd_forbid_bare_newline_exclusions: '',
  smtpd_forbid_unauth_pipelining: 'yes',
  // smtpd keeps what it learnt about an address; a domain that came, or outMX, counts at once, without a reload.
  smtpd_relay_restrictions: [
    `check_recipient_access ${proxied('recipients')}`,
    'reject_unauth_destination',
  ],
  smtpd_recipient_restrictions: recipients('default_action=DUNNO'),
  // Not every client says the size before; asked again with the real one, still before the message is ours.
  smtpd_end_of_data_restrictions: room,
  // Without an answer mail is taken: LMTP asks again about quotas, and lists and limits are no reason to lose mail.
  smtpd_policy_service_default_action: 'DUNNO',
}

/**
 * REL-04: port 25 does not know which customer's program talks to it, so from this server it takes no sender
 * of a domain here, the program's own neither. sendmail and the submission ports know who it is.
 */
const ownPrograms = ({ address }: DesiredServer): Parameters => ({
  smtpd_restriction_classes: ['from_this_server', 'forwarded', 'listed', 'counted'],
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

/**
 * MAIL-06: one message at a time, each list waits for itself only. What a list sends comes back through a port of its
 * own, with a sender of the list for each recipient; fails closed, too.
 */
const lists: Parameters = {
  [`${listTransport}_destination_recipient_limit`]: 1,
  [`${listTransport}_destination_concurrency_limit`]: 2,
  listed: `check_policy_service { unix:${policySocket}, policy_context=listed, default_action=DEFER }`,
}

/** Sign-in exists on the submission ports only (master.cf turns it on there). */
const signIn: Parameters = {
  // Whose recipients can't be counted tries again: his program keeps the message.
  counted: recipients('default_action=DEFER'),
  smtpd_sasl_type: 'dovecot',
  smtpd_sasl_path: sockets.signIn,
  smtpd_sasl_security_options: 'noanonymous',
  smtpd_tls_auth_only: 'yes',
  smtpd_sender_login_maps: proxied('senders'),
}

const encryption = (server: DesiredServer): Parameters => ({
  smtpd_tls_security_level: 'may',
  smtpd_tls_chain_files: [serverFiles(server).key, serverFiles(server).chain],
  // A domain's own, live (OPT-05): smtpd asks for it at each greeting with a name.
  tls_server_sni_maps: proxied('sni'),
  smtpd_tls_protocols: '>=TLSv1.2',
  smtpd_tls_mandatory_protocols: '>=TLSv1.2',
  smtpd_tls_loglevel: 1,
  smtp_tls_security_level: 'may',
  smtp_tls_CAfile: '/etc/ssl/certs/ca-certificates.crt',
})
