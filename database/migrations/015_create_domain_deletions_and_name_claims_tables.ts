import { BaseSchema } from '@adonisjs/lucid/schema'

/** Domains that were deleted and can still be restored (DOM-05), and who says that a name is his (DOM-01). */
export default class extends BaseSchema {
  async up() {
    /** One of these rows is held by whoever looks whether a name is free: see `name_claim.ts`. */
    this.schema.createTable('name_locks', (table) => {
      table.integer('id').unsigned().notNullable().primary()
    })

    this.schema.createTable('name_claims', (table) => {
      table.increments('id')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      /** Where it is to be added. */
      table.integer('server_id').unsigned().notNullable().references('servers.id')
      /** A-label form. */
      table.string('name', 253).notNullable().index()
      table.string('unicode_name', 253).notNullable()
      /** What the holder of the name publishes. No secret: it is worth something only there. */
      table.string('token', 64).notNullable()
      /** open | proved | approved | refused | withdrawn | used */
      table.string('state', 16).notNullable()
      table.string('claimed_by', 320).notNullable()
      /** txt | file */
      table.string('proof', 8).nullable()
      table.dateTime('proved_at').nullable()
      table.dateTime('checked_at').nullable()
      /** Login of a member of staff; null where the proof was enough. */
      table.string('decided_by', 320).nullable()
      table.dateTime('decided_at').nullable()
      /** For the customer. */
      table.text('reason').nullable()
      table.dateTime('expires_at').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
      table.index(['contract_id', 'id'])
      table.index(['state', 'id'])
    })

    this.schema.createTable('domain_deletions', (table) => {
      table.increments('id')
      const domain = table.integer('domain_id').unsigned().notNullable().unique()
      domain.references('domains.id').onDelete('CASCADE')
      table.integer('contract_id').unsigned().notNullable().references('contracts.id')
      table.string('requested_by', 320).notNullable()
      /** Set when its name goes to somebody else: only staff can still restore it. */
      const claim = table.integer('name_claim_id').unsigned().nullable()
      claim.references('name_claims.id').onDelete('SET NULL')
      /** Until then it can be restored. */
      table.dateTime('ends_at').notNullable().index()
      table.dateTime('created_at').notNullable()
      table.index(['contract_id', 'id'])
    })
  }

  async down() {
    for (const name of ['domain_deletions', 'name_claims', 'name_locks']) {
      this.schema.dropTable(name)
    }
  }
}
