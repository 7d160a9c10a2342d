/** Names that the provider gives out; a provider changes them here (DOM-02, DOM-03). */
export const readySuffixes = [
  'smc-msv.jp',
  'smc-managed.jp',
  'biz-server.jp',
  'l-biz.jp',
  'curren.biz',
] as const

/** DOM-03: every domain gets `<unique>.<suffix>`, which serves its site before DNS moves. */
export const testSuffix = 'mngsv.biz'

/** Host names of servers: `msv000001.<suffix>`. */
export const serverSuffix = testSuffix

/** DOM-01. */
export const domainsPerServer = 200

/** What a new domain and a new mailbox get unless said otherwise, in MiB. */
export const defaultDomainQuotaMb = 10_240
export const defaultMailboxQuotaMb = 1_024
