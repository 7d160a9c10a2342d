import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import { viewMinutes } from '#config/contracts'
import { CustomerViewSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import Account from '#models/account'
import Contract from '#models/contract'
import Staff from '#models/staff'
import StaffLog from '#models/staff_log'
import { sqlTime } from '#models/task/clock'

export interface NewView {
  readonly contract: Contract
  /** Whose pages. */
  readonly login: string
  readonly reason: string
}

/**
 * OPS-07: staff see the panel as a customer does, to help him: for a reason, for a while, and only to look. Every page
 * is in the staff's log. Nobody may change anything this way, whatever his role: what staff do for a customer has
 * verbs of its own, and what a customer's log says is his own doing.
 */
export default class CustomerView extends CustomerViewSchema {
  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  @belongsTo(() => Account)
  declare account: BelongsTo<typeof Account>

  @belongsTo(() => Staff)
  declare staff: BelongsTo<typeof Staff>

  /** Whoever begins one ends what he had open. */
  static async begin({ contract, login, reason }: NewView, staff: Staff, ip: string | null) {
    const account = await Account.query().where({ contractId: contract.id, login }).first()
    if (!account) throw new Refusal('no_such_login_of_contract', 'view_login')
    const endsAt = DateTime.utc().plus({ minutes: viewMinutes })
    const whose = { contractId: contract.id, accountId: account.id, login, staffId: staff.id }
    return db.transaction(async (client) => {
      const open = client.from('customer_views').where('staff_id', staff.id).whereNull('ended_at')
      await open.update({ ended_at: sqlTime() })
      const view = await this.create({ ...whose, reason, endsAt }, { client })
      const act = { staff, ip, action: 'customer_view.store', target: login }
      await StaffLog.write({ ...act, details: { contract: contract.code, reason } }, client)
      return view
    })
  }

  /** That this member of staff has open; with contract and account, which may be gone meanwhile. */
  static open(id: number, staffId: number): Promise<CustomerView | null> {
    return this.query()
      .where({ id, staffId })
      .whereNull('endedAt')
      .where('endsAt', '>', sqlTime())
      .preload('contract')
      .preload('account')
      .first()
  }

  /** Newest first, with who it was. */
  static historyOf(contractId: number): Promise<CustomerView[]> {
    return this.query().where({ contractId }).preload('staff').orderBy('id', 'desc').limit(10)
  }

  /** Each thing that is looked at: also what no page shows, such as a file. */
  recordLook(path: string, staff: Staff, ip: string | null) {
    const act = { staff, ip, action: 'customer_view.show', target: this.login }
    return StaffLog.write({ ...act, details: { path } })
  }

  async end(staff: Staff, ip: string | null) {
    if (this.endedAt) return
    const row: CustomerView = this
    await db.transaction(async (client) => {
      await row.useTransaction(client).merge({ endedAt: DateTime.utc() }).save()
      const act = { staff, ip, action: 'customer_view.destroy', target: this.login }
      await StaffLog.write(act, client)
    })
  }
}
