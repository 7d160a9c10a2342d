import { BaseSchema } from '@adonisjs/lucid/schema'

/** The newest members of a mailing list come from an index, however many there are. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('mailing_list_members', (table) => {
      // Both databases keep the primary key in it, so it has the order of ids, too
      table.index(['mailing_list_id'], 'mailing_list_members_by_age')
    })
  }

  async down() {
    this.schema.alterTable('mailing_list_members', (table) => {
      table.dropIndex([], 'mailing_list_members_by_age')
    })
  }
}
