import { BaseSchema } from '@adonisjs/lucid/schema'

/** USR-08. No row: everybody may change the feature's settings. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('restrictions', (table) => {
      table.increments('id')
      table.integer('domain_id').unsigned().notNullable().references('domains.id')
      /** virus_warning | spam_check | … (app/models/restriction/feature.ts) */
      table.string('feature', 32).notNullable()
      /** contractor | domain_admin: who restricts it. */
      table.string('level', 16).notNullable()
      table.dateTime('created_at').notNullable()
      table.unique(['domain_id', 'feature', 'level'])
    })

    this.schema.createTable('restriction_exemptions', (table) => {
      table.increments('id')
      table.integer('restriction_id').unsigned().notNullable().references('restrictions.id')
      table.integer('mailbox_id').unsigned().notNullable().references('mailboxes.id').index()
      table.unique(['restriction_id', 'mailbox_id'])
    })
  }

  async down() {
    this.schema.dropTable('restriction_exemptions')
    this.schema.dropTable('restrictions')
  }
}
