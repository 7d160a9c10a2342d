import { BaseSchema } from '@adonisjs/lucid/schema'

/** What looks at the requests to a domain's site before its programs do (OPT-12). */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('domains', (table) => {
      /** off | detect | block; null: it was never on, and the server has nothing of it */
      table.string('waf_mode', 8).nullable()
      /** 1 … 4: the paranoia level of the OWASP CRS. */
      table.integer('waf_level').notNullable().defaultTo(1)
      /** none | wordpress | drupal | nextcloud | dokuwiki | xenforo */
      table.string('waf_program', 16).notNullable().defaultTo('none')
    })

    this.schema.createTable('waf_exceptions', (table) => {
      table.increments('id')
      table.integer('domain_id').unsigned().notNullable().references('domains.id')
      /** The number of a rule of the CRS. */
      table.integer('rule').unsigned().notNullable()
      /** From `/`, with `*` at its end for all below; null: everywhere. */
      table.string('path').nullable()
      table.string('created_by').notNullable()
      table.dateTime('created_at').notNullable()
      table.index(['domain_id'])
    })
  }

  async down() {
    this.schema.dropTable('waf_exceptions')
    // Knex would build the table anew on SQLite, which rows that refer to it forbid.
    for (const name of ['waf_mode', 'waf_level', 'waf_program']) {
      this.schema.raw(`alter table domains drop column ${name}`)
    }
  }
}
