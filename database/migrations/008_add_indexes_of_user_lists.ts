import { BaseSchema } from '@adonisjs/lucid/schema'

/** The users of a domain by age and by quota come from an index, however many there are. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('mailboxes', (table) => {
      // Both databases keep the primary key in it, so it has the order of ids, too
      table.index(['domain_id'], 'mailboxes_by_age')
      table.index(['domain_id', 'quota_mb'], 'mailboxes_by_quota')
    })
  }

  async down() {
    this.schema.alterTable('mailboxes', (table) => {
      table.dropIndex([], 'mailboxes_by_quota')
      table.dropIndex([], 'mailboxes_by_age')
    })
  }
}
