import { BaseSchema } from '@adonisjs/lucid/schema'

/** OPT-10: zones of a contract are listed and searched within one index; keys of signatures. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('zones', (table) => {
      table.index(['contract_id', 'deleted_at', 'name', 'unicode_name'], 'zones_listing_index')
      /** DNSSEC: the private keys, encrypted, so that a name server that was lost signs as before. */
      table.text('signing_keys').nullable()
    })
  }

  async down() {
    this.schema.alterTable('zones', (table) => {
      table.dropIndex([], 'zones_listing_index')
    })
    // Of its own: dropping by the builder makes SQLite copy the table
    this.schema.raw('alter table zones drop column signing_keys')
  }
}
