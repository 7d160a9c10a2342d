/** Names that the provider gives out; a provider changes them here (DOM-02, DOM-03). */
export const readySuffixes = [
  'smc-msv.jp',
  'smc-managed.jp',
  'biz-server.jp',
  'l-biz.jp',
  'curren.biz',
] as const

/** DOM-02: what customers may put in front of a suffix. */
export const readyLabelLength = { least: 3, most: 40 } as const

/** DOM-02: labels that stay the provider's, because people and programs expect something of them. */
export const reservedLabels: readonly RegExp[] = [
  /^(www|web|ftp|sftp|ssh|smtp|smtps|submission|pop|pop3|pop3s|imap|imap4|imaps|mail|webmail|relay)\d*$/,
  /^(mx|ns|dns|ntp|whois|vpn|proxy|gateway|gw|router|firewall|msv|srv|server|host|node|vip)-?\d*$/,
  /^(autoconfig|autodiscover|wpad|isatap|mta-sts|openpgpkey|localhost|localdomain|broadcasthost)$/,
  /^(abuse|admin|administrator|contact|help|helpdesk|hostmaster|info|noc|noreply|postmaster|root|security|staff|support|sysadmin|system|webmaster)$/,
  /^(account|accounts|api|auth|billing|cdn|console|control|cp|cpanel|dashboard|login|manage|panel|pay|payment|portal|secure|signin|sso|status|test|static)$/,
]

/** DOM-03: every domain gets `<unique>.<suffix>`, which serves its site before DNS moves. */
export const testSuffix = 'mngsv.biz'

/** Host names of servers: `msv000001.<suffix>`. */
export const serverSuffix = testSuffix

/** DOM-01. */
export const domainsPerServer = 200

/** DOM-05: days in which a deleted domain can be restored. */
export const deletionGraceDays = 14

/** ORD-04: days for which a server is kept, stopped, after its last one. */
export const serverGraceDays = 14

/** DOM-01: proof that a name is one's own. Days, and how many a contract may have open. */
export const nameClaims = { openDays: 14, approvedDays: 30, most: 20 } as const

/** What a new domain and a new mailbox get unless said otherwise, in MiB. */
export const defaultDomainQuotaMb = 10_240
export const defaultMailboxQuotaMb = 1_024
