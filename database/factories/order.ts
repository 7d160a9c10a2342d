import { randomBytes } from 'node:crypto'
import Account from '#models/account'
import type Domain from '#models/domain'
import Order from '#models/order'
import type Server from '#models/server'
import type { OrderRequest } from '#orders/placing'

export const orderToken = () => randomBytes(16).toString('hex')

/** Access analysis of a domain: a kind that staff does, as the contractor orders it. */
export async function makeOrder({ id: domainId, contractId }: Domain) {
  return placed({ kind: 'access_analysis', contractId, domainId, details: { page_views: 1000 } })
}

/** Of a server, at a time of the customer's choice: a kind that a machine does. */
export async function makeServerOrder(
  { id: serverId, contractId }: Server,
  wish: Pick<OrderRequest, 'kind' | 'details'> & Partial<OrderRequest>
) {
  return placed({ contractId, serverId, ...wish })
}

async function placed(wish: Omit<OrderRequest, 'token'>) {
  const contractor = await contractorOf(wish.contractId)
  return Order.place({ ...wish, token: orderToken() }, contractor)
}

function contractorOf(contractId: number) {
  return Account.query().where({ contractId, role: 'contractor' }).firstOrFail()
}
