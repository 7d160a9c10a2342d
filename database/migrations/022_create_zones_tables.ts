import { BaseSchema } from '@adonisjs/lucid/schema'

/** What the name servers answer (DOM-04, OPT-10), and everything that ever changed in it. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('zones', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      /** Of which it was made (`source` domain), or which it belongs to. */
      const domain = table.integer('domain_id').unsigned().nullable()
      domain.references('domains.id').onDelete('SET NULL')
      /** A-labels, no dot at the end. Once on all name servers, also until a deleted one is off them. */
      table.string('name', 253).notNullable().unique()
      /** `jp.example.www.`: what is below a name is one range. */
      table.string('reversed_name', 254).notNullable().index()
      table.string('unicode_name', 253).notNullable()
      /** primary: records are here | secondary: records come from the customer's own primary */
      table.string('kind', 16).notNullable()
      /** domain: made by the panel, fixed records | service: the customer edits it (OPT-10) */
      table.string('source', 16).notNullable()
      /** Of the SOA, as all of these: seconds. */
      table.integer('serial').unsigned().notNullable()
      table.integer('soa_refresh').unsigned().notNullable().defaultTo(3600)
      table.integer('soa_retry').unsigned().notNullable().defaultTo(900)
      table.integer('soa_expire').unsigned().notNullable().defaultTo(1209600)
      table.integer('soa_minimum').unsigned().notNullable().defaultTo(900)
      table.integer('default_ttl').unsigned().notNullable().defaultTo(3600)
      table.boolean('dnssec').notNullable().defaultTo(false)
      /** DS records as the parent zone needs them, a line each; the name server makes the key. */
      table.text('ds_records').nullable()
      /** Addresses of a secondary zone's primary, a line each. */
      table.text('primaries').nullable()
      table.integer('published_serial').unsigned().nullable()
      table.dateTime('published_at').nullable()
      /** Why the name servers don't have the newest, one of the words of the panel. */
      table.text('publish_error').nullable()
      /** It is off the name servers when the row goes. */
      table.dateTime('deleted_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.index(['contract_id', 'name'])
      table.index(['deleted_at'])
    })

    this.schema.createTable('zone_records', (table) => {
      table.increments('id')
      const zone = table.integer('zone_id').unsigned().notNullable()
      zone.references('zones.id').onDelete('CASCADE')
      /** Relative to the zone, `@` for the zone itself, in small letters. */
      table.string('name', 253).notNullable()
      table.string('type', 16).notNullable()
      table.integer('ttl').unsigned().notNullable()
      /** Presentation form in one spelling (RFC 1035 5.1); names in it are absolute. */
      table.text('content').notNullable()
      table.index(['zone_id', 'name', 'type'])
    })

    this.schema.createTable('zone_changes', (table) => {
      table.increments('id')
      const zone = table.integer('zone_id').unsigned().notNullable()
      zone.references('zones.id').onDelete('CASCADE')
      /** That the zone had after it. */
      table.integer('serial').unsigned().notNullable()
      table.string('action', 64).notNullable()
      /** Login; `staff` and `system` of the provider. */
      table.string('changed_by', 320).notNullable()
      /** A record a line: name, TTL, type, content. */
      table.text('removed', 'longtext').notNullable()
      table.text('added', 'longtext').notNullable()
      /** The change that this one took back. */
      table.integer('undoes_id').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.index(['zone_id', 'id'])
    })
  }

  async down() {
    for (const name of ['zone_changes', 'zone_records', 'zones']) this.schema.dropTable(name)
  }
}
