import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import { InquirySchema } from '#database/schema'
import type Account from '#models/account'
import Contract from '#models/contract'
import type Staff from '#models/staff'
import Task from '#models/task'

export interface NewInquiry {
  readonly subject: string
  readonly body: string
  readonly replyTo: string
  readonly serverId?: number | null
}

/** ORD-08: what a customer asks. Kept here and mailed to the support desk, which answers by mail. */
export default class Inquiry extends InquirySchema {
  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  static ask(asked: NewInquiry, by: Account): Promise<Inquiry> {
    return db.transaction(async (client) => {
      const { contractId, domainId, id: accountId, login: askedBy } = by
      const of = { contractId, domainId, accountId, askedBy, serverId: asked.serverId ?? null }
      const { subject, body, replyTo } = asked
      const inquiry = await this.create({ ...of, subject, body, replyTo }, { client })
      const payload = { inquiryId: inquiry.id }
      await Task.enqueue({ kind: 'send_inquiry', payload, maxAttempts: 20 }, client)
      return inquiry
    })
  }

  get isAnswered() {
    return this.answeredAt !== null
  }

  /** Who says so first is who did it. */
  async markAnswered(staff: Staff) {
    if (this.isAnswered) return
    const row: Inquiry = this
    await row.merge({ answeredAt: DateTime.utc(), staffId: staff.id }).save()
  }
}
