import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { ZoneChangeSchema } from '#database/schema'
import Zone from '#models/zone'

/** OPT-10: what one person changed in a zone at one moment. */
export default class ZoneChange extends ZoneChangeSchema {
  @belongsTo(() => Zone)
  declare zone: BelongsTo<typeof Zone>
}
