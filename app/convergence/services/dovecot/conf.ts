import { basename } from 'node:path'
import type { DesiredServer } from '#convergence/desired_server'
import { mailGroup } from '#convergence/services/accounts/index'
import { logDirectory, sockets } from '#convergence/services/postfix/layout'
import { junkDays } from '#convergence/services/dovecot/junk'
import { queries, userDatabase } from '#convergence/services/dovecot/users'
import { serverFiles } from '#convergence/services/apache/tls'
import { sniDirectory } from '#convergence/services/dovecot/sni'
import { filtering } from '#convergence/services/dovecot/filtering'
import { passwordSocket } from '#convergence/services/proftpd/layout'
import { block, document, expansion, type Settings } from '#convergence/syntax/dovecot'

/** dovecot.conf (2.4): nothing depends on a domain or a mailbox but which certificate a name is shown, so only that reloads Dovecot. */
export function renderConf(server: DesiredServer): string {
  return document(
    { dovecot_config_version: '2.4.0', dovecot_storage_version: '2.4.0' },
    {
      protocols: 'imap pop3 lmtp',
      listen: '*',
      hostname: server.hostname,
      login_greeting: 'Ready.',
    },
    logging,
    encryption(server),
    accounts,
    storage,
    folders,
    quota,
    filtering,
    protocols,
    services,
    [`!include_try ${sniDirectory}/*.conf`]
  )
}

/** Beside Postfix's and rotated with it; any program of a customer's can write to syslog, nobody's to these. */
const logging: Settings = {
  log_path: `${logDirectory}/dovecot.log`,
  log_timestamp: '%Y-%m-%d %H:%M:%S ',
}

/** MAIL-02: passwords are only taken inside TLS, from this machine too: customers' programs run on it. */
const encryption = (server: DesiredServer): Settings => ({
  ssl: 'required',
  ssl_min_protocol: 'TLSv1.2',
  ssl_server_cert_file: serverFiles(server).chain,
  ssl_server_key_file: serverFiles(server).key,
  auth_allow_cleartext: false,
  auth_mechanisms: 'plain login',
})

const accounts: readonly string[] = document({
  auth_username_chars: 'abcdefghijklmnopqrstuvwxyz0123456789.-_+@ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  auth_username_format: expansion('%{user | lower}'),
  // Answers come from the rows as they are now: a changed password counts at once.
  auth_cache_size: 0,
  sql_driver: 'sqlite',
  sqlite_path: userDatabase,
  sqlite_readonly: true,
  sqlite_journal_mode: 'delete',
})
  .trimEnd()
  .split('\n')
  .concat(
    block('passdb sql', { query: expansion(queries.password) }),
    block('userdb sql', {
      query: expansion(queries.user),
      iterate_query: expansion(queries.users),
    })
  )

const storage: Settings = {
  mail_driver: 'maildir',
  mail_path: expansion('%{home}/Maildir'),
  // A lock file that a user's own program leaves would hold each question and delivery for minutes. One waits
  // for several locks, and goes on without; in a Maildir nothing is lost by that.
  mail_max_lock_timeout: '2s',
  // Reads Sieve scripts and calls the user script's launcher; customers' programs never have it.
  mail_access_groups: mailGroup.name,
  // Domains' and mailboxes' ids begin here; nothing of the system is ever a mailbox.
  first_valid_uid: 20000,
  first_valid_gid: 20000,
}

const folders = block(
  'namespace inbox',
  { inbox: true, separator: '/' },
  // Programs that find none make their own, each under another name: a message sent with one is then missing in the other. They
  // show these under the names of their own language (送信済み, 下書き, ごみ箱), and the directories come with the first message.
  ...['Drafts', 'Sent', 'Trash'].map((name) =>
    block(`mailbox ${name}`, { auto: 'subscribe', special_use: `\\${name}` })
  ),
  // MAIL-04: quarantine of two weeks.
  block('mailbox JunkMail', {
    auto: 'subscribe',
    special_use: '\\Junk',
    autoexpunge: `${junkDays}d`,
  })
)

/** PNL-05. The grace of 10 MB that Dovecot gives by default would make every limit a lie. */
const quota: readonly string[] = [
  ...block('mail_plugins', { quota: true }),
  ...block('quota user', { driver: 'count', storage_grace: 0 }),
  ...document({
    quota_status_success: 'DUNNO',
    quota_status_nouser: 'DUNNO',
    quota_status_overquota: '552 5.2.2 Mailbox is full',
    quota_status_toolarge: '552 5.2.3 Message is larger than the mailbox',
    // What was accepted before the mailbox or the domain's volume was full waits in the queue instead of coming back.
    quota_full_tempfail: true,
  })
    .trimEnd()
    .split('\n'),
]

const protocols: readonly string[] = [
  ...block('protocol imap', block('mail_plugins', { imap_quota: true }), {
    mail_max_userip_connections: 30,
  }),
  ...block('protocol lmtp', block('mail_plugins', { sieve: true }), {
    lmtp_rcpt_check_quota: true,
  }),
]

/** For FTP, which asks as root and without root's right to pass by permissions. */
const ftpSocket = block(`unix_listener ${basename(passwordSocket)}`, { mode: '0600', user: 'root' })

const services: readonly string[] = [
  ...block('service auth', postfixSocket(sockets.signIn), ftpSocket, shut('auth-userdb')),
  // Passwords are checked in these, several at a time; they need no more than to read the rows.
  ...block('service auth-worker', { user: expansion('$SET:default_internal_user') }),
  // Somebody who has just connected does not wait for a process to start.
  ...block('service imap-login', { process_min_avail: 2 }),
  ...block('service imap', { process_min_avail: 2 }),
  ...block('service lmtp', postfixSocket(sockets.delivery), shut('lmtp')),
  ...block('service dns-client', shut('dns-client')),
  ...block('service imap-urlauth-login', shut('imap-urlauth')),
  ...block('service indexer', shut('indexer')),
  ...block(
    'service quota-status',
    // Each smtpd of port 25 and of submission may hold one.
    { executable: 'quota-status -p postfix', client_limit: 1, process_limit: 250 },
    postfixSocket(sockets.quota)
  ),
]

/**
 * REL-04: by default everybody on the machine may connect to these: deliver to any mailbox past Postfix and all its
 * checks, or ask who exists. Programs of customers are on the machine; Dovecot's own processes come as root.
 */
function shut(name: string): string[] {
  return block(`unix_listener ${name}`, { mode: '0600' })
}

function postfixSocket(name: string): string[] {
  return block(`unix_listener /var/spool/postfix/${name}`, {
    mode: '0600',
    user: 'postfix',
    group: 'postfix',
  })
}
