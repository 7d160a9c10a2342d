import { BaseSchema } from '@adonisjs/lucid/schema'

const referring = 'select id, name_claim_id from domain_deletions where name_claim_id is not null'

/** OPT-10: who has a zone and no server may prove that a name is his, too. */
export default class extends BaseSchema {
  async up() {
    this.letServerBe('nullable')
  }

  async down() {
    this.schema.raw('delete from name_claims where server_id is null')
    this.letServerBe('notNullable')
  }

  private letServerBe(what: 'nullable' | 'notNullable') {
    if (this.db.dialect.name === 'better-sqlite3' || this.db.dialect.name === 'sqlite3')
      return this.rebuild(what)
    this.schema.alterTable('name_claims', (table) => {
      // `setNullable` forgets that it is unsigned, which a column of a foreign key must stay
      table.integer('server_id').unsigned()[what]().alter()
    })
  }

  /** SQLite changes no column; and what refers to rows of a table that is dropped forgets them. */
  private rebuild(what: 'nullable' | 'notNullable') {
    this.schema.createTable('name_claims_next', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      table.integer('server_id').unsigned()[what]().references('servers.id')
      table.string('name', 253).notNullable()
      table.string('unicode_name', 253).notNullable()
      table.string('token', 64).notNullable()
      table.string('state', 16).notNullable()
      table.string('claimed_by', 320).notNullable()
      table.string('proof', 8).nullable()
      table.dateTime('proved_at').nullable()
      table.dateTime('checked_at').nullable()
      table.string('decided_by', 320).nullable()
      table.dateTime('decided_at').nullable()
      table.text('reason').nullable()
      table.dateTime('expires_at').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })
    this.schema.raw('insert into name_claims_next select * from name_claims')
    this.schema.raw(`create table kept_claims as ${referring}`)
    this.schema.dropTable('name_claims')
    this.schema.renameTable('name_claims_next', 'name_claims')
    this.schema.raw(`update domain_deletions set name_claim_id =
      (select name_claim_id from kept_claims where kept_claims.id = domain_deletions.id)
      where id in (select id from kept_claims)`)
    this.schema.dropTable('kept_claims')
    this.schema.alterTable('name_claims', (table) => {
      table.index(['name'])
      table.index(['contract_id', 'id'])
      table.index(['state', 'id'])
    })
  }
}
