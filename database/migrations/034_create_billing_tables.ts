import { BaseSchema } from '@adonisjs/lucid/schema'

/** What things cost, what a contract has to pay for, and what it was told each month (ORD-07). Days and months are Japan's. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('prices', (table) => {
      table.increments('id')
      /** Of `app/billing/codes.ts`. */
      table.string('code', 64).notNullable()
      /** Until the day before the next row of the code. */
      table.string('valid_from', 10).notNullable()
      /** Without tax, for one. */
      table.integer('yen').notNullable()
      table.integer('tax_percent').unsigned().notNullable()
      /** Who set it; null for what came with the installation. */
      table.integer('staff_id').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.unique(['code', 'valid_from'])
    })

    this.schema.createTable('fees', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      table.string('code', 64).notNullable()
      table.integer('quantity').unsigned().notNullable()
      /** Agreed with this customer; null: as the price list says. */
      table.integer('unit_yen').nullable()
      /** What it is for, as the statement calls it: name of a server, a domain. */
      table.string('subject', 255).nullable()
      /** Without constraints: a fee stays when what it was for is gone. */
      table.integer('server_id').unsigned().nullable()
      table.integer('option_id').unsigned().nullable()
      table.integer('order_id').unsigned().nullable()
      table.string('from_on', 10).notNullable()
      /** Last day. The day before the first one: it was overtaken before it cost anything. */
      table.string('until_on', 10).nullable()
      table.dateTime('created_at').notNullable()
      /** A change after a month was closed is made good in the next. */
      table.dateTime('updated_at').notNullable()
      table.index(['contract_id', 'from_on'])
      table.index(['server_id'])
      table.index(['option_id'])
      table.unique(['order_id', 'code'])
    })

    this.schema.createTable('one_time_fees', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      table.string('code', 64).notNullable()
      table.integer('quantity').unsigned().notNullable()
      /** Null: to be quoted, the price list has none. */
      table.integer('unit_yen').nullable()
      table.integer('tax_percent').unsigned().notNullable()
      table.string('subject', 255).nullable()
      table.integer('order_id').unsigned().nullable()
      table.string('charged_on', 10).notNullable()
      /** In which it was told. */
      table.integer('statement_id').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.index(['contract_id', 'statement_id'])
      table.index(['statement_id', 'charged_on'])
      table.unique(['order_id', 'code'])
    })

    this.schema.createTable('statements', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      /** `2026-11` */
      table.string('month', 7).notNullable()
      table.integer('net_yen').notNullable()
      table.integer('tax_yen').notNullable()
      /** JSON: net and tax per rate. */
      table.text('taxes').notNullable()
      table.dateTime('created_at').notNullable()
      table.unique(['contract_id', 'month'])
      table.index(['month', 'contract_id'])
    })

    this.schema.createTable('statement_lines', (table) => {
      table.increments('id')
      const statement = table.integer('statement_id').unsigned().notNullable()
      statement.references('statements.id').onDelete('CASCADE')
      /** Null for what is paid once. */
      table.integer('fee_id').unsigned().nullable().index()
      table.string('code', 64).notNullable()
      table.string('subject', 255).nullable()
      table.integer('quantity').unsigned().notNullable()
      table.integer('unit_yen').notNullable()
      table.string('from_on', 10).notNullable()
      table.string('until_on', 10).notNullable()
      /** Makes good what an earlier statement said of these days. */
      table.boolean('is_correction').notNullable().defaultTo(false)
      table.integer('tax_percent').unsigned().notNullable()
      table.integer('yen').notNullable()
      table.index(['statement_id', 'id'])
    })

    this.schema.createTable('invoices', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      const statement = table.integer('statement_id').unsigned().notNullable().unique()
      statement.references('statements.id').onDelete('CASCADE')
      table.string('number', 48).notNullable().unique()
      table.string('issued_on', 10).notNullable()
      table.string('due_on', 10).notNullable()
      /** JSON, as they were when it was issued. */
      table.text('billed_to').notNullable()
      table.text('issuer').notNullable()
      table.dateTime('created_at').notNullable()
      table.index(['contract_id', 'id'])
    })

    this.schema.createTable('month_closings', (table) => {
      table.increments('id')
      table.string('month', 7).notNullable().unique()
      /** Contracts up to this id were looked at. */
      table.integer('last_contract_id').unsigned().notNullable().defaultTo(0)
      table.integer('statements').unsigned().notNullable().defaultTo(0)
      /** JSON: ids of contracts whose fees have no price, which have no statement therefore. */
      table.text('unpriced', 'longtext').notNullable()
      table.dateTime('finished_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })
  }

  async down() {
    for (const name of [
      'month_closings',
      'invoices',
      'statement_lines',
      'statements',
      'one_time_fees',
      'fees',
      'prices',
    ])
      this.schema.dropTable(name)
  }
}
