import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Day } from '#calendar/day'
import Fee from '#models/fee'
import Option from '#models/option'

/** OPT-10: zones that the DNS service of a contract is paid for. Who has none yet pays for the first. */
export async function chargedZones(
  contractId: number,
  client?: TransactionClientContract
): Promise<number> {
  // With a lock, or two zones that are added at once would not see each other
  const zones = await (client ?? db)
    .from('zones')
    .where({ contract_id: contractId, source: 'service' })
    .whereNull('deleted_at')
    .select('id')
    .forUpdate()
  return Math.max(1, zones.length)
}

/** ORD-07: their number changed; from today on the fee is for as many. Without the option nothing is charged. */
export async function chargeZones(contractId: number, client: TransactionClientContract) {
  const options = Option.query({ client }).where({ contractId, kind: 'dns_service' })
  const option = await options.whereNull('endedOn').first()
  if (!option) return
  const quantity = await chargedZones(contractId, client)
  if (quantity === option.quantity) return
  await option.merge({ quantity }).save()
  await Fee.setQuantity({ optionId: option.id }, quantity, Day.at(new Date()), client)
}
