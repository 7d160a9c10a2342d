import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { ZoneRecordSchema } from '#database/schema'
import Zone from '#models/zone'

/** One record of a zone that the panel's name servers answer from (DOM-04, OPT-10). */
export default class ZoneRecord extends ZoneRecordSchema {
  @belongsTo(() => Zone)
  declare zone: BelongsTo<typeof Zone>
}
