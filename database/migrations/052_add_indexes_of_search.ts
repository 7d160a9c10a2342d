import { BaseSchema } from '@adonisjs/lucid/schema'

/** OPS-07: staff find everything by how it begins; each of these is one range of an index. */
const columns = {
  contracts: 'name',
  domains: 'unicode_name',
  mailing_lists: 'local_part',
  servers: 'address',
  zones: 'unicode_name',
}

export default class extends BaseSchema {
  async up() {
    for (const [name, column] of Object.entries(columns)) {
      this.schema.alterTable(name, (table) => table.index([column]))
    }
    this.schema.alterTable('servers', (table) => table.index(['contract_id', 'state', 'id']))
  }

  async down() {
    this.schema.alterTable('servers', (table) => table.dropIndex(['contract_id', 'state', 'id']))
    for (const [name, column] of Object.entries(columns)) {
      this.schema.alterTable(name, (table) => table.dropIndex([column]))
    }
  }
}
