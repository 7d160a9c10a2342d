import type Account from '#models/account'
import type Staff from '#models/staff'

export type OrderRole = 'contractor' | 'staff' | 'system'

/** Whose doing a state or a word of an order is. */
export interface OrderAuthor {
  readonly role: OrderRole
  readonly accountId: number | null
  readonly staffId: number | null
}

export const contractor = ({ id }: Account): OrderAuthor => ({
  role: 'contractor',
  accountId: id,
  staffId: null,
})

export const staffMember = ({ id }: Staff): OrderAuthor => ({
  role: 'staff',
  accountId: null,
  staffId: id,
})

export const system: OrderAuthor = { role: 'system', accountId: null, staffId: null }
