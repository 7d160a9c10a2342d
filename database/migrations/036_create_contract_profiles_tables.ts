import { BaseSchema } from '@adonisjs/lucid/schema'

/** Who customers are and how they pay (PNL-13), what they asked (ORD-08), and papers that belong to orders (ORD-06). */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('contract_profiles', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().unique().references('contracts.id')
      table.string('postal_code', 8).nullable()
      table.string('address').nullable()
      table.string('phone', 20).nullable()
      /** Who decides; his mail address is `contracts.notice_address`. */
      table.string('person_name', 100).nullable()
      table.string('person_department', 100).nullable()
      /** Who works with the servers. */
      table.string('technical_name', 100).nullable()
      table.string('technical_phone', 20).nullable()
      table.string('technical_mail', 254).nullable()
      /** Where invoices go; empty: to the contract's own name and address. */
      table.string('billing_name', 100).nullable()
      table.string('billing_postal_code', 8).nullable()
      table.string('billing_address').nullable()
      table.string('billing_mail', 254).nullable()
      /** bank_transfer | direct_debit */
      table.string('payment_method', 16).notNullable().defaultTo('bank_transfer')
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.createTable('payment_changes', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id').index()
      table.string('method', 16).notNullable()
      table.string('requested_by', 320).notNullable()
      /** The contract while it waits: one at a time. */
      table.integer('open_contract_id').unsigned().nullable().unique()
      /** confirmed | withdrawn; null while it waits. */
      table.string('outcome', 16).nullable()
      table.integer('staff_id').unsigned().nullable().references('staff.id')
      table.dateTime('created_at').notNullable()
      table.dateTime('finished_at').nullable()
    })

    this.schema.createTable('inquiries', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      // No foreign keys: what was asked outlives whom and what it was about.
      table.integer('account_id').unsigned().nullable()
      table.integer('server_id').unsigned().nullable()
      table.integer('domain_id').unsigned().nullable()
      table.string('asked_by', 320).notNullable()
      table.string('reply_to', 254).notNullable()
      table.string('subject', 100).notNullable()
      table.text('body').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('answered_at').nullable()
      table.integer('staff_id').unsigned().nullable().references('staff.id')
      table.index(['contract_id', 'id'])
      table.index(['answered_at', 'id'])
    })

    this.schema.createTable('order_files', (table) => {
      table.increments('id')
      table.integer('order_id').unsigned().notNullable().index()
      /** As it was called where it came from; only ever shown. */
      table.string('name', 200).notNullable()
      table.integer('bytes').unsigned().notNullable()
      /** Customers see what was meant for them. */
      table.boolean('is_internal').notNullable()
      table.integer('staff_id').unsigned().notNullable().references('staff.id')
      table.dateTime('created_at').notNullable()
    })

    /** Apart, so that no list of files ever reads them. */
    this.schema.createTable('order_file_contents', (table) => {
      table.increments('id')
      const file = table.integer('order_file_id').unsigned().notNullable().unique()
      file.references('order_files.id').onDelete('CASCADE')
      table.specificType('content', 'mediumblob').notNullable()
    })
  }

  async down() {
    for (const name of [
      'order_file_contents',
      'order_files',
      'inquiries',
      'payment_changes',
      'contract_profiles',
    ])
      this.schema.dropTable(name)
  }
}
