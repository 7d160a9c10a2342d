import db from '@adonisjs/lucid/services/db'
import NameServer from '#models/name_server'

/** Zones that staff are shown by name; of the others only how many. */
const shown = 50

export interface WaitingZone {
  readonly id: number
  readonly name: string
  readonly contract_code: string
  readonly serial: number
  readonly published_serial: number | null
  readonly secondary_serial: number | null
  readonly publish_error: string | null
  readonly deleted_at: string | null
}

/** The primary first. */
export function nameServerRows() {
  return NameServer.query().orderBy('role')
}

/** What a name server does not have as it is now. */
export async function waitingZones() {
  const [{ total }] = await waiting().count('* as total')
  const [{ total: zones }] = await db.from('zones').count('* as total')
  const rows: WaitingZone[] = await waiting()
    .join('contracts', 'contracts.id', 'zones.contract_id')
    .select('zones.*', 'contracts.code as contract_code')
    .orderBy('zones.id')
    .limit(shown)
  return { total: Number(total), zones: Number(zones), rows }
}

function waiting() {
  return db.from('zones').where((reasons) => {
    reasons.whereNotNull('zones.deleted_at').orWhereNull('zones.secondary_serial')
    reasons.orWhereNull('zones.published_serial')
    reasons.orWhereColumn('zones.published_serial', '<>', 'zones.serial')
    reasons.orWhereColumn('zones.secondary_serial', '<>', 'zones.serial')
  })
}
