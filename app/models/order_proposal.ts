import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { OrderProposalSchema } from '#database/schema'
import Order from '#models/order'

export type ProposalAnswer = 'accepted' | 'declined' | 'overtaken'

/** ORD-06: another date, proposed by staff, for the customer to accept or decline. */
export default class OrderProposal extends OrderProposalSchema {
  declare answer: ProposalAnswer | null

  @belongsTo(() => Order)
  declare order: BelongsTo<typeof Order>
}
