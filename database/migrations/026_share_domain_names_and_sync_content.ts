import { BaseSchema } from '@adonisjs/lucid/schema'

/** A name on several servers of one contract (DOM-01), and its site copied from one to the other (WEB-08). */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('domains', (table) => {
      /**
       * 1 for the first server that has the name. Unique with the name: who adds a name in the same
       * moment as another customer takes the same place, so one of them is refused.
       */
      table.integer('name_place').unsigned().notNullable().defaultTo(1)
      table.dropUnique(['name'])
      table.unique(['name', 'name_place'])
      table.unique(['server_id', 'name'])
      table.dropIndex(['server_id', 'name'])
    })

    this.schema.alterTable('staging_changes', (table) => {
      /** Whose public side is received from another server. */
      table.integer('source_domain_id').unsigned().nullable()
    })

    this.schema.createTable('content_syncs', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      const source = table.integer('source_domain_id').unsigned().notNullable()
      source.references('domains.id').onDelete('CASCADE')
      const target = table.integer('target_domain_id').unsigned().notNullable()
      target.references('domains.id').onDelete('CASCADE')
      /** What fills the target's staging. */
      const change = table.integer('change_id').unsigned().notNullable().unique()
      change.references('staging_changes.id').onDelete('CASCADE')
      /** The swap that makes it public, once that has begun. */
      table.integer('swap_id').unsigned().nullable()
      /** Of the person who began it; null when the clock did. */
      table.integer('account_id').unsigned().nullable()
      /** Bytes that went over the wire, in both directions. */
      table.bigInteger('travelled').unsigned().nullable()
      /** Files whose content went over it. */
      table.integer('sent').unsigned().nullable()
      /** JSON: what was left out, as far as a page shows it. */
      table.text('left_out').nullable()
      /** Why it was received and not made public. */
      table.string('failure', 32).nullable()
      table.dateTime('created_at', { precision: 3 }).notNullable()
      table.index(['target_domain_id', 'id'])
      table.index(['source_domain_id', 'id'])
    })

    this.schema.createTable('content_sync_schedules', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      const source = table.integer('source_domain_id').unsigned().notNullable()
      source.references('domains.id').onDelete('CASCADE')
      const target = table.integer('target_domain_id').unsigned().notNullable()
      target.references('domains.id').onDelete('CASCADE')
      /** 1, 3, 6, 12 or 24 hours. */
      table.integer('every_hours').unsigned().notNullable()
      /** Minutes after midnight in Japan at which one of a day's times lies. */
      table.integer('at_minute').unsigned().notNullable()
      table.string('made_by', 320).notNullable()
      table.dateTime('next_at').notNullable().index()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      /** What is public on a server comes from one place. */
      table.unique(['target_domain_id'])
    })
  }

  async down() {
    for (const name of ['content_sync_schedules', 'content_syncs']) this.schema.dropTable(name)
    // Knex would build the tables anew on SQLite, which rows that refer to them forbid.
    this.schema.raw('alter table staging_changes drop column source_domain_id')
    this.schema.alterTable('domains', (table) => {
      table.index(['server_id', 'name'])
      table.dropUnique(['server_id', 'name'])
      table.dropUnique(['name', 'name_place'])
      table.unique(['name'])
    })
    this.schema.raw('alter table domains drop column name_place')
  }
}
