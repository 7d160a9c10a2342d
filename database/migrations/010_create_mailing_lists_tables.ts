import { BaseSchema } from '@adonisjs/lucid/schema'

/** Mailing lists of domains, who gets their posts and who decides about them (MAIL-06). */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('mailing_lists', (table) => {
      table.increments('id')
      table.integer('domain_id').unsigned().notNullable().references('domains.id')
      table.string('local_part', 64).notNullable()
      table.string('description').nullable()
      /** Who may post: anyone | members | moderators */
      table.string('posting', 16).notNullable().defaultTo('members')
      /** What waits for a decision: none | others (posts of those who may not) | all */
      table.string('moderation', 16).notNullable().defaultTo('none')
      table.string('subject_prefix', 64).nullable()
      /** Whether people join by mail, after they confirmed it. */
      table.boolean('auto_subscription').notNullable().defaultTo(false)
      table.boolean('archive').notNullable().defaultTo(true)
      /** Where answers go: list | author */
      table.string('reply_to', 16).notNullable().defaultTo('list')
      /** Up to which of the changes that mail made on the server the members here are right. */
      table.string('changes_epoch', 32).nullable()
      table.integer('changes_seen').unsigned().notNullable().defaultTo(0)
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.unique(['domain_id', 'local_part'])
    })

    this.schema.createTable('mailing_list_members', (table) => {
      table.increments('id')
      table.integer('mailing_list_id').unsigned().notNullable().references('mailing_lists.id')
      /** Lower case, A-labels. */
      table.string('address', 320).notNullable().index()
      /** panel | mail: who put it there */
      table.string('source', 8).notNullable().defaultTo('panel')
      table.dateTime('created_at').notNullable()
      table.unique(['mailing_list_id', 'address'])
    })

    this.schema.createTable('mailing_list_moderators', (table) => {
      table.increments('id')
      table.integer('mailing_list_id').unsigned().notNullable().references('mailing_lists.id')
      table.string('address', 320).notNullable()
      table.unique(['mailing_list_id', 'address'])
    })
  }

  async down() {
    for (const name of ['mailing_list_moderators', 'mailing_list_members', 'mailing_lists']) {
      this.schema.dropTable(name)
    }
  }
}
