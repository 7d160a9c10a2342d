import { BaseSchema } from '@adonisjs/lucid/schema'

/** ORD-06: what customers order and cancel, what became of it, and what their contracts have on top. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('contracts', (table) => {
      /** Where mails about orders go. */
      table.string('notice_address', 254).nullable()
    })

    this.schema.createTable('orders', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      /** One of `app/orders/kinds`. */
      table.string('kind', 40).notNullable()
      /** received | incomplete | waiting | working | done | withdrawn | rejected */
      table.string('state', 12).notNullable()
      // No foreign keys: orders outlive what they are about.
      table.integer('server_id').unsigned().nullable()
      table.integer('domain_id').unsigned().nullable()
      table.integer('zone_id').unsigned().nullable()
      /** What a cancellation ends. */
      table.integer('option_id').unsigned().nullable()
      /** What it is about, as it was called then. */
      table.string('subject').notNullable()
      /** JSON, of the kind's form. No secrets. */
      table.text('details', 'mediumtext').notNullable()
      table.dateTime('applied_at').notNullable()
      /** The day from which lead times count; null while something is missing. Days are Japan's: `2026-11-24`. */
      table.string('received_on', 10).nullable()
      /** On which it is to be done, or expected to be. */
      table.string('due_on', 10).nullable()
      /** Chosen by a person; a day that was only expected is counted anew when something changes. */
      table.boolean('due_chosen').notNullable().defaultTo(false)
      /** `10-12`, or the hour at which work begins: `10:00`. */
      table.string('work_window', 8).nullable()
      /** When work may begin. */
      table.dateTime('due_at').nullable()
      /** Yen without tax, as they were shown. */
      table.integer('one_time_yen').notNullable().defaultTo(0)
      table.integer('monthly_yen').notNullable().defaultTo(0)
      /** Whose order it is; staff enters what comes on paper (ORD-05). */
      table.integer('account_id').unsigned().nullable()
      table.integer('staff_id').unsigned().nullable()
      /** Of the form: one that is sent fifty times is one order. */
      table.string('token', 64).notNullable().unique()
      /** Once a day: `plan_change:server:12:2026-11-24`. */
      table.string('day_key', 120).nullable().unique()
      /** One open order of a thing at a time: `server_cancellation:server:12`. */
      table.string('open_key', 120).nullable().unique()
      table.dateTime('state_at').notNullable()
      table.dateTime('finished_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.index(['state', 'due_at', 'id'])
      table.index(['contract_id', 'id'])
      table.index(['kind', 'state', 'due_at'])
      table.index(['server_id', 'state'])
    })

    this.schema.createTable('order_events', (table) => {
      table.increments('id')
      const order = table.integer('order_id').unsigned().notNullable()
      order.references('orders.id').onDelete('CASCADE')
      table.string('what', 24).notNullable()
      /** contractor | staff | system */
      table.string('role', 12).notNullable()
      table.integer('account_id').unsigned().nullable()
      table.integer('staff_id').unsigned().nullable()
      table.text('text').nullable()
      /** Between staff: customers never see it. */
      table.boolean('is_internal').notNullable().defaultTo(false)
      /** A mail about it went out. */
      table.dateTime('told_at').nullable()
      table.dateTime('created_at').notNullable()
      table.index(['order_id', 'id'])
    })

    this.schema.createTable('order_proposals', (table) => {
      table.increments('id')
      const order = table.integer('order_id').unsigned().notNullable()
      order.references('orders.id').onDelete('CASCADE')
      table.string('due_on', 10).notNullable()
      table.string('work_window', 8).nullable()
      table.text('reason').notNullable()
      table.integer('staff_id').unsigned().notNullable()
      /** accepted | declined | overtaken */
      table.string('answer', 12).nullable()
      table.dateTime('answered_at').nullable()
      table.dateTime('created_at').notNullable()
      table.index(['order_id', 'id'])
    })

    this.schema.createTable('options', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      table.string('kind', 40).notNullable()
      table.integer('server_id').unsigned().nullable()
      table.integer('domain_id').unsigned().nullable()
      table.integer('zone_id').unsigned().nullable()
      table.integer('quantity').unsigned().notNullable().defaultTo(1)
      /** JSON, of the kind. */
      table.text('details', 'mediumtext').notNullable()
      table.string('started_on', 10).notNullable()
      /** Its last day is booked. */
      table.string('ends_on', 10).nullable()
      table.string('ended_on', 10).nullable()
      /** That began it, and that ended it. */
      table.integer('order_id').unsigned().nullable()
      table.integer('cancellation_id').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.index(['contract_id', 'ended_on', 'kind'])
      table.index(['server_id', 'ended_on'])
      table.index(['domain_id', 'ended_on'])
    })

    this.schema.createTable('closing_days', (table) => {
      table.increments('id')
      table.string('day', 10).notNullable().unique()
      table.string('name', 100).notNullable()
      table.integer('staff_id').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })
  }

  async down() {
    const names = ['closing_days', 'options', 'order_proposals', 'order_events', 'orders']
    for (const name of names) this.schema.dropTable(name)
    // Knex would build the table anew on SQLite, which rows that refer to it forbid
    this.schema.raw('alter table contracts drop column notice_address')
  }
}
