import { BaseSchema } from '@adonisjs/lucid/schema'

/** OPS-07: what staff do for a contract: stop it for a while, and let its people choose their first password. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('contract_suspensions', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id').index()
      /** The contract while it lasts: one at a time. */
      table.integer('open_contract_id').unsigned().nullable().unique()
      /** For staff alone. */
      table.string('reason', 500).notNullable()
      /** Null: by a command. */
      table.integer('staff_id').unsigned().nullable().references('staff.id')
      table.integer('ended_by_id').unsigned().nullable().references('staff.id')
      table.dateTime('created_at').notNullable()
      table.dateTime('ended_at').nullable()
    })

    this.schema.createTable('password_invitations', (table) => {
      table.increments('id')
      table.integer('account_id').unsigned().notNullable().index()
      table.foreign('account_id').references('accounts.id').onDelete('CASCADE')
      /** letter | mail */
      table.string('means', 8).notNullable()
      /** SHA-256 of what the link holds; null until the mail with it goes out. */
      table.string('token_hash', 64).nullable().unique()
      table.integer('staff_id').unsigned().nullable().references('staff.id')
      table.dateTime('created_at').notNullable()
      table.dateTime('expires_at').notNullable()
      table.dateTime('sent_at').nullable()
      table.dateTime('used_at').nullable()
      /** A newer one took its place. */
      table.dateTime('replaced_at').nullable()
    })
  }

  async down() {
    for (const name of ['password_invitations', 'contract_suspensions']) {
      this.schema.dropTable(name)
    }
  }
}
