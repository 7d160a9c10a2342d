import { BaseSchema } from '@adonisjs/lucid/schema'

/** BKP-02: where the backup host sends what it has, for the day on which it is lost, and what became of that. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('backup_targets', (table) => {
      table.increments('id')
      table
        .integer('backup_host_id')
        .unsigned()
        .notNullable()
        .unique()
        .references('backup_hosts.id')
      table.string('address').notNullable()
      table.integer('port').unsigned().notNullable().defaultTo(22)
      /** Pinned public key as in known_hosts. */
      table.text('host_key').notNullable()
      table.string('account', 64).notNullable()
      /** Of the repository, as the target's SFTP names it. */
      table.string('path').notNullable()
      /** Days of which there is something. */
      table.integer('generations').unsigned().notNullable()
      table.text('public_key').notNullable()
      /** Encrypted: what opens the target, and what opens the repository. */
      table.text('private_key').notNullable()
      table.text('password').notNullable()
      /** The password was shown to somebody who keeps it elsewhere. */
      table.dateTime('shown_at').nullable()
      /** There is a repository: none is ever made again in its place. */
      table.dateTime('started_at').nullable()
      table.bigInteger('size_bytes').unsigned().nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').nullable()
    })

    this.schema.createTable('backup_target_runs', (table) => {
      table.increments('id')
      table
        .integer('backup_target_id')
        .unsigned()
        .notNullable()
        .references('backup_targets.id')
        .onDelete('CASCADE')
      /** copy | check | return */
      table.string('kind', 8).notNullable()
      /** waiting | running | done | partial | failed */
      table.string('state', 8).notNullable()
      table.string('reason', 32).nullable()
      table.string('words', 500).nullable()
      /** Domains and shared directories. */
      table.integer('sets').unsigned().nullable()
      table.bigInteger('sent_bytes').unsigned().nullable()
      table.string('requested_by').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('finished_at').nullable()
      table.index(['backup_target_id', 'kind', 'id'])
    })
  }

  async down() {
    for (const name of ['backup_target_runs', 'backup_targets']) this.schema.dropTable(name)
  }
}
