import { BaseSchema } from '@adonisjs/lucid/schema'

/** Whether files of domains were changed by somebody (WEB-07). */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('tamper_watches', (table) => {
      table.increments('id')
      const domain = table.integer('domain_id').unsigned().notNullable().unique()
      domain.references('domains.id').onDelete('CASCADE')
      table.boolean('enabled').notNullable()
      /** Minutes after midnight in Japan. */
      table.integer('minute').unsigned().notNullable()
      /** JSON: who is told. */
      table.text('addresses').notNullable()
      /** Changes are told each day until somebody accepts them; otherwise once. */
      table.boolean('keeps_baseline').notNullable().defaultTo(false)
      /** Whose findings are what the next look compares with. */
      table.integer('baseline_look_id').unsigned().nullable()
      table.dateTime('next_look_at', { precision: 3 }).nullable().index()
      table.dateTime('created_at', { precision: 3 }).notNullable()
      table.dateTime('updated_at', { precision: 3 }).nullable()
    })

    this.schema.createTable('tamper_looks', (table) => {
      table.increments('id')
      const domain = table.integer('domain_id').unsigned().notNullable()
      domain.references('domains.id').onDelete('CASCADE')
      /** daily | hand | accept */
      table.string('kind', 8).notNullable()
      /** looking | done | failed */
      table.string('state', 8).notNullable()
      table.string('failure', 32).nullable()
      /** Null: the clock. */
      table.string('made_by', 320).nullable()
      /** The domain while it is under way: one at a time. */
      table.integer('busy_domain_id').unsigned().nullable().unique()
      table.bigInteger('task_id').unsigned().nullable()
      /** first | lost | older: what there was to compare with, when it is not what was expected. */
      table.string('baseline', 8).nullable()
      table.integer('added').unsigned().notNullable().defaultTo(0)
      table.integer('removed').unsigned().notNullable().defaultTo(0)
      table.integer('changed').unsigned().notNullable().defaultTo(0)
      /** What could not be read. */
      table.integer('unread').unsigned().notNullable().defaultTo(0)
      table.integer('files').unsigned().notNullable().defaultTo(0)
      table.bigInteger('bytes').unsigned().notNullable().defaultTo(0)
      /** Whether the server keeps what it found, so that it can become what is compared with. */
      table.boolean('saved').notNullable().defaultTo(false)
      /** Encrypted JSON: names, and differences of texts. */
      table.text('report', 'longtext').nullable()
      /** JSON: addresses that have been told. */
      table.text('told').nullable()
      table.string('accepted_by', 320).nullable()
      table.dateTime('accepted_at', { precision: 3 }).nullable()
      table.dateTime('created_at', { precision: 3 }).notNullable()
      table.dateTime('finished_at', { precision: 3 }).nullable()
      table.index(['domain_id', 'id'])
    })
  }

  async down() {
    this.schema.dropTable('tamper_looks')
    this.schema.dropTable('tamper_watches')
  }
}
