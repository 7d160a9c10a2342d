import { BaseSchema } from '@adonisjs/lucid/schema'

/** Keys and certificates of domains, how a domain uses them, and what an authority gives by itself (WEB-09, OPT-05). */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('certificates', (table) => {
      table.increments('id')
      /** Null: the provider's own, for the names that he gives out. */
      table.integer('contract_id').unsigned().nullable().references('contracts.id').index()
      /** On whose pages it is; null when that domain is gone and others still use it. */
      table.integer('domain_id').unsigned().nullable().references('domains.id').index()
      /** request (key and CSR made here) | upload | automatic (ACME) | provider */
      table.string('source', 16).notNullable()
      /** rsa-2048 | rsa-3072 | rsa-4096 | ec-p256 | ec-p384 … */
      table.string('key_kind', 16).notNullable()
      /** PEM (PKCS #8), encrypted with the application's key. */
      table.text('private_key').notNullable()
      /** PEM (PKCS #10), as it was given to an authority. */
      table.text('request').nullable()
      /** PEM, what an authority answered; null while it has not. */
      table.text('certificate').nullable()
      /** PEM, intermediates in the order in which they are sent; never the root. */
      table.text('chain', 'mediumtext').nullable()
      /** JSON: names it is for, A-labels, some with `*.` in front. */
      table.text('names').notNullable()
      table.string('issuer').nullable()
      table.dateTime('valid_from').nullable()
      table.dateTime('valid_until').nullable().index()
      /** SHA-256, hexadecimal. */
      table.string('fingerprint', 64).nullable()
      /** Whether it comes from an authority that browsers know. */
      table.boolean('trusted').notNullable().defaultTo(false)
      /** The last of 60, 30, 14, 7 days before its end that people were told of. */
      table.integer('warned_days').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.createTable('acme_accounts', (table) => {
      table.increments('id')
      /** Of the authority (RFC 8555, 7.1.1). */
      table.string('directory').notNullable().unique()
      /** PEM (PKCS #8), encrypted with the application's key. */
      table.text('private_key').notNullable()
      /** RFC 7638; what servers answer to the authority's questions. */
      table.string('thumbprint', 64).notNullable()
      /** What the authority calls it; null until it knows it. */
      table.string('url').nullable()
      /** Until then the authority wants to hear nothing of us. */
      table.dateTime('paused_until').nullable()
      table.dateTime('created_at').notNullable()
    })

    this.schema.createTable('automatic_certificates', (table) => {
      table.increments('id')
      table.integer('domain_id').unsigned().notNullable().unique().references('domains.id')
      /** waiting | issuing | issued | failed */
      table.string('state', 16).notNullable()
      /** JSON: names that were looked at, and why some are not in the certificate. */
      table.text('names').notNullable()
      /** Key of the words that say why the last try failed. */
      table.string('failure', 64).nullable()
      /** What the authority said, for staff and for those who want to know. */
      table.text('failure_details').nullable()
      table.integer('attempts').unsigned().notNullable().defaultTo(0)
      /** JSON: moments of the orders of the last week. */
      table.text('ordered').notNullable()
      table.dateTime('next_try_at').nullable().index()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.alterTable('domains', (table) => {
      /** Of `certificates`; without a constraint, which SQLite could not drop again. */
      table.integer('certificate_id').unsigned().nullable()
      table.boolean('https_redirect').notNullable().defaultTo(false)
      /** Seconds that browsers come by HTTPS only (RFC 6797); 0: not asked for. */
      table.integer('hsts_seconds').unsigned().notNullable().defaultTo(0)
      table.boolean('http_two').notNullable().defaultTo(true)
    })
  }

  async down() {
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    for (const name of ['certificate_id', 'https_redirect', 'hsts_seconds', 'http_two']) {
      this.schema.raw(`alter table domains drop column ${name}`)
    }
    for (const name of ['automatic_certificates', 'acme_accounts', 'certificates']) {
      this.schema.dropTable(name)
    }
  }
}
