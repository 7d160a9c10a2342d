import db from '@adonisjs/lucid/services/db'
import { isBillingCode } from '#billing/codes'
import type { Day } from '#calendar/day'
import Fee from '#models/fee'

export interface UnchargedServer {
  readonly id: number
  readonly name: string
  readonly plan: string
  readonly contractId: number
  readonly contractCode: string
}

/** ORD-07: servers that serve somebody and that nobody pays for: those that were there before there were prices. */
export async function unchargedServers(): Promise<UnchargedServer[]> {
  return db
    .from('servers')
    .join('contracts', 'contracts.id', 'servers.contract_id')
    .whereIn('servers.state', ['running', 'stopped'])
    .whereNotExists((charged) =>
      charged
        .from('fees')
        .whereColumn('fees.server_id', 'servers.id')
        .where('fees.code', 'like', 'plan.%')
        .whereNull('fees.until_on')
    )
    .orderBy('servers.id')
    .select('servers.id', 'servers.name', 'servers.plan')
    .select('contracts.id as contractId', 'contracts.code as contractCode')
}

/** From that day on. Whoever asks twice charges once; an order that goes on meanwhile charges by itself. */
export function chargeServer(server: UnchargedServer, from: Day): Promise<boolean> {
  const code = `plan.${server.plan}`
  if (!isBillingCode(code)) return Promise.resolve(false)
  return db.transaction(async (client) => {
    await client
      .from('servers')
      .where('id', server.id)
      .update({ name: client.raw('name') })
    const fees = Fee.query({ client }).where('serverId', server.id).where('code', 'like', 'plan.%')
    if (await fees.whereNull('untilOn').first()) return false
    const { contractId, id: serverId } = server
    await Fee.begin({ contractId, code, serverId, from }, client)
    return true
  })
}
