import { BaseSchema } from '@adonisjs/lucid/schema'

/** OPS-07: what the provider tells its customers, and whom it has been mailed to. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('announcements', (table) => {
      table.increments('id')
      /** news | maintenance | trouble */
      table.string('kind', 16).notNullable()
      table.string('subject', 100).notNullable()
      table.text('body').notNullable()
      /** all | chosen: those of `announcement_targets`. */
      table.string('scope', 8).notNullable()
      /** contractors | everybody */
      table.string('audience', 16).notNullable()
      table.boolean('is_mailed').notNullable()
      table.dateTime('shown_from').notNullable()
      table.dateTime('shown_until').nullable()
      /** Of the work itself. */
      table.dateTime('work_from').nullable()
      table.dateTime('work_until').nullable()
      table.integer('staff_id').unsigned().notNullable().references('staff.id')
      table.integer('published_by_id').unsigned().nullable().references('staff.id')
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.dateTime('published_at').nullable()
      table.dateTime('withdrawn_at').nullable()
      /** Everybody who is to be mailed is in `announcement_mails`. */
      table.dateTime('addressed_at').nullable()
      table.index(['published_at', 'shown_from'])
    })

    this.schema.createTable('announcement_targets', (table) => {
      table.increments('id')
      table.integer('announcement_id').unsigned().notNullable().index()
      table.foreign('announcement_id').references('announcements.id').onDelete('CASCADE')
      /** One of these. */
      table.integer('contract_id').unsigned().nullable().index()
      table.integer('server_id').unsigned().nullable().index()
      table.integer('compute_node_id').unsigned().nullable().index()
      /** As staff wrote it. */
      table.string('name', 64).notNullable()
    })

    this.schema.createTable('announcement_mails', (table) => {
      table.increments('id')
      table.integer('announcement_id').unsigned().notNullable()
      table.foreign('announcement_id').references('announcements.id').onDelete('CASCADE')
      table.string('address', 254).notNullable()
      table.dateTime('sent_at').nullable()
      table.integer('tries').unsigned().notNullable().defaultTo(0)
      table.unique(['announcement_id', 'address'])
      table.index(['announcement_id', 'sent_at', 'id'])
    })
  }

  async down() {
    for (const name of ['announcement_mails', 'announcement_targets', 'announcements']) {
      this.schema.dropTable(name)
    }
  }
}
