import { Env } from '@adonisjs/core/env'
import { readSources } from '#models/ip_source/list'

/** An invoice with a wrong one is none (消費税法 57条の4). */
function registrationNumber(key: string, value?: string) {
  if (value === undefined || value === '') return undefined
  if (/^T\d{13}$/.test(value)) return value
  throw new Error(`${key} is no registration number of an issuer of invoices: ${value}`)
}

/** A list that was read in part would let in too many people, or nobody. */
function sources(key: string, value?: string) {
  const [mistake] = readSources(value).mistakes
  if (!mistake) return value
  throw new Error(`${key} holds what is no address and no network: ${mistake.typed}`)
}

export default await Env.create(new URL('../', import.meta.url), {
  NODE_ENV: Env.schema.enum(['development', 'production', 'test'] as const),
  HOST: Env.schema.string({ format: 'host' }),
  PORT: Env.schema.number(),
  APP_KEY: Env.schema.secret(),
  /** How browsers reach the panel; links in mails and the Secure flag of cookies follow it. */
  APP_URL: Env.schema.string({ format: 'url', tld: false }),
  LOG_LEVEL: Env.schema.string(),

  DB_CONNECTION: Env.schema.enum.optional(['sqlite', 'mysql'] as const),
  /** File of the embedded database; `storage/tsukasa.sqlite` when absent. */
  DB_FILE: Env.schema.string.optional(),
  DB_HOST: Env.schema.string.optional(),
  DB_PORT: Env.schema.number.optional(),
  DB_SOCKET: Env.schema.string.optional(),
  DB_USER: Env.schema.string.optional(),
  DB_PASSWORD: Env.schema.string.optional(),
  DB_DATABASE: Env.schema.string.optional(),

  SESSION_DRIVER: Env.schema.enum(['memory', 'database'] as const),
  LIMITER_STORE: Env.schema.enum(['memory', 'database'] as const),

  /** Tasks that one process runs at the same time; 0 leaves them to `node ace worker`. */
  WORKER_CONCURRENCY: Env.schema.number.optional(),
  /** Addresses of proxies in front of the panel whose forwarding headers are believed, comma separated. */
  TRUSTED_PROXIES: Env.schema.string.optional(),
  /** Addresses and networks from which staff may use their area, comma separated; anywhere when absent (PNL-07). */
  STAFF_SOURCES: sources,
  /** Whence servers are reached by the panel's processes, comma separated, where they can't see it themselves (NET-03). */
  PANEL_ADDRESSES: Env.schema.string.optional(),
  /** NET-02: of which private networks of contracts are made; nothing else of the provider's may be in it. */
  PRIVATE_NETWORKS: Env.schema.string.optional(),
  /** Whom the panel asks what customers' domains publish, comma separated, `address` or `address:port`. */
  DNS_SERVERS: Env.schema.string.optional(),
  /** Only for tests and closed networks: proofs of ownership are read from any address, at this port (DOM-01). */
  OWNERSHIP_SITE_PORT: Env.schema.number.optional(),
  /** Directory of the authority that gives certificates by itself (RFC 8555), whom it writes to, and who signed its own. */
  ACME_DIRECTORY: Env.schema.string.optional(),
  CERTIFICATES_NEED_ADDED_ADDRESS: Env.schema.boolean.optional(),
  ACME_CONTACT: Env.schema.string.optional(),
  ACME_CA_FILE: Env.schema.string.optional(),
  SMTP_HOST: Env.schema.string.optional(),
  SMTP_PORT: Env.schema.number.optional(),
  MAIL_FROM: Env.schema.string.optional(),

  /** ORD-08: the provider's contacts; those of the service's specification when absent. */
  SUPPORT_PHONE: Env.schema.string.optional(),
  SUPPORT_PHONE_HOURS: Env.schema.string.optional(),
  SUPPORT_FAX: Env.schema.string.optional(),
  SUPPORT_MAIL: Env.schema.string.optional(),
  SUPPORT_MAIL_BEFORE_CONTRACT: Env.schema.string.optional(),

  /** Who writes invoices: name, `T` and thirteen digits, address, telephone, bank account (ORD-07). */
  INVOICE_ISSUER: Env.schema.string.optional(),
  INVOICE_REGISTRATION_NUMBER: registrationNumber,
  INVOICE_ADDRESS: Env.schema.string.optional(),
  INVOICE_PHONE: Env.schema.string.optional(),
  INVOICE_PAY_TO: Env.schema.string.optional(),
})
