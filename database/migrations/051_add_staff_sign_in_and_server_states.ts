import { BaseSchema } from '@adonisjs/lucid/schema'

/** OPS-07: who of staff may sign in and by what second factor, and which servers staff must look at. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('staff', (table) => {
      /** May not sign in any more; rows stay, because what he did is kept. */
      table.dateTime('suspended_at').nullable()
      /** RFC 6238, base32, encrypted with the application's key; null until it is confirmed by a code. */
      table.text('totp_secret').nullable()
      table.dateTime('totp_confirmed_at').nullable()
      /** The last time step whose code was used: no code works twice. */
      table.bigInteger('totp_step').unsigned().notNullable().defaultTo(0)
      table.dateTime('last_signed_in_at').nullable()
    })

    this.schema.createTable('staff_recovery_codes', (table) => {
      table.increments('id')
      table.integer('staff_id').unsigned().notNullable().references('staff.id').onDelete('cascade')
      /** SHA-256, hexadecimal; the codes are random enough. */
      table.string('hash', 64).notNullable()
      table.unique(['staff_id', 'hash'])
    })

    this.schema.alterTable('servers', (table) => {
      /** How its last apply ended (`runs.state`): lists of all servers can't look for it among the runs. */
      table.string('last_run_state', 16).nullable()
      /** When an apply that nobody asked for last had something to put right (REL-02). */
      table.dateTime('put_right_at').nullable()
      table.index(['state', 'last_run_state', 'id'])
      table.index(['put_right_at'])
    })

    const last =
      'select max(id) from runs as newest where newest.server_id = servers.id and newest.dry_run = 0'
    this.schema.raw(
      `update servers set last_run_state = (select state from runs where runs.id = (${last}))`
    )
  }

  async down() {
    this.schema.alterTable('servers', (table) => {
      table.dropIndex(['state', 'last_run_state', 'id'])
      table.dropIndex(['put_right_at'])
    })
    for (const column of ['last_run_state', 'put_right_at']) {
      this.schema.raw(`alter table servers drop column ${column}`)
    }
    this.schema.dropTable('staff_recovery_codes')
    const added = [
      'suspended_at',
      'totp_secret',
      'totp_confirmed_at',
      'totp_step',
      'last_signed_in_at',
    ]
    for (const column of added) this.schema.raw(`alter table staff drop column ${column}`)
  }
}
