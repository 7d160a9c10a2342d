import { belongsTo, hasMany } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { ZoneSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor, Author } from '#models/actor'
import Contract from '#models/contract'
import Domain from '#models/domain'
import { isDuplicate, lockName } from '#models/domain/name_claim'
import { reverseName } from '#models/domain/domain_name'
import { operate } from '#models/operation'
import {
  changeZone,
  linesOf,
  lockZone,
  type ZoneOperation,
  type ZoneWork,
} from '#models/zone/change'
import { chargeZones } from '#models/zone/charging'
import { publishAbove } from '#models/zone/cuts'
import { claimZone } from '#models/zone/holders'
import { refuseErrors } from '#models/zone/table'
import { publishZone } from '#models/zone/publication'
import type { ZoneLine } from '#models/zone/record'
import { keepName } from '#models/zone/released_names'
import { signingKeysOf } from '#models/zone/secrets'
import { nextSerial } from '#models/zone/serial'
import ZoneChange from '#models/zone_change'
import ZoneRecord from '#models/zone_record'

/** Where its records come from: the panel, or the customer's own name server. */
export type ZoneKind = 'primary' | 'secondary'

/** `domain`: made by the panel of a domain (DOM-04); `service`: the customer's to edit (OPT-10). */
export type ZoneSource = 'domain' | 'service'

export interface NewZone {
  readonly name: { readonly ascii: string; readonly unicode: string }
  readonly kind?: ZoneKind
  readonly source?: ZoneSource
  readonly domainId?: number | null
  /** Addresses of a secondary zone's primary. */
  readonly primaries?: readonly string[]
  readonly records?: readonly ZoneLine[]
}

/** OPT-10: of one contract. */
export const zonesPerContract = 10_000

/** Of these: each may be as large as its primary makes it, and our secondary keeps those of everybody. */
export const secondaryZonesPerContract = 100

/** What the name servers answer for one name and all below it. */
export default class Zone extends ZoneSchema {
  declare kind: ZoneKind
  declare source: ZoneSource

  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  @hasMany(() => ZoneRecord)
  declare records: HasMany<typeof ZoneRecord>

  @hasMany(() => ZoneChange)
  declare changes: HasMany<typeof ZoneChange>

  get isSecondary() {
    return this.kind === 'secondary'
  }

  /** Record by record: neither what the panel makes nor what comes from elsewhere. */
  get isEditable() {
    return this.kind === 'primary' && this.source === 'service' && this.deletedAt === null
  }

  get isPublished() {
    return this.publishedSerial === this.serial
  }

  /** Of DNSSEC, private. */
  get keys() {
    return signingKeysOf(this.signingKeys)
  }

  get primaryAddresses(): string[] {
    return this.primaries?.split('\n') ?? []
  }

  /** Typed by who wants it gone, in the form people read or in the one name servers see. */
  isNamed(typed: string) {
    const name = typed.trim().replace(/\.$/, '').normalize('NFKC').toLowerCase()
    return name === this.name || name === this.unicodeName.normalize('NFKC').toLowerCase()
  }

  /** Also for the provider's own doings; `make` does the same within a transaction that is there. */
  static add(contractId: number, wish: NewZone, author: Author): Promise<Zone> {
    const operation = { action: 'zones.store', target: wish.name.unicode, domainId: wish.domainId }
    return operate(author, operation, (client) => this.make(contractId, wish, client))
  }

  /** OPT-10: a customer's own, of a name that nobody else holds. */
  static order(wish: NewZone, actor: Actor): Promise<Zone> {
    const { contractId } = actor.by
    const operation = { action: 'zones.store', target: wish.name.unicode }
    return operate(actor, operation, async (client) => {
      await lockName(wish.name.ascii, client)
      await refuseTooMany(contractId, wish.kind ?? 'primary', client)
      await claimZone(wish.name.ascii, contractId, client)
      return this.make(contractId, wish, client)
    })
  }

  static async make(contractId: number, wish: NewZone, client: TransactionClientContract) {
    const { name, records = [] } = wish
    await lockName(name.ascii, client)
    try {
      const zone = await this.create(rowOf(contractId, wish), { client })
      const rows = records.map((line) => ({ ...line, zoneId: zone.id }))
      await ZoneRecord.createMany(rows, { client })
      await publishZone(zone, client)
      await publishAbove(zone.name, client)
      if (zone.source === 'service') await chargeZones(contractId, client)
      return zone
    } catch (error) {
      if (isDuplicate(error)) throw new Refusal('zone_is_taken', 'zone_name')
      throw error
    }
  }

  /** OPT-10: by the customer; nothing is kept unless all records can stand beside each other. */
  edit(author: Author, operation: ZoneOperation, work: ZoneWork): Promise<boolean> {
    return this.change(author, operation, async (draft, zone, client) => {
      if (!zone.isEditable) throw new Refusal('zone_is_not_editable')
      await work(draft, zone, client)
      refuseErrors(zone.name, draft.records)
    })
  }

  /** The only way in which records and settings of a zone change. */
  change(author: Author, operation: ZoneOperation, work: ZoneWork): Promise<boolean> {
    return changeZone(this, author, operation, work)
  }

  /** Its name is free again when the name servers have let go of it. */
  async remove(actor: Actor) {
    const operation = { action: 'zones.destroy', target: this.unicodeName, domainId: this.domainId }
    await operate(actor, operation, async (client) => {
      const now = await lockZone(this, client)
      await now.release(client)
    })
  }

  /** For those who have a transaction, such as a domain that goes. */
  async release(client: TransactionClientContract) {
    this.deletedAt = DateTime.utc()
    await this.useTransaction(client).save()
    await publishZone(this, client)
    await publishAbove(this.name, client)
    if (this.source !== 'service') return
    await keepName(this, client)
    await chargeZones(this.contractId, client)
  }

  /** All its records, as they are kept. */
  lines(client: Pick<TransactionClientContract, 'from'>) {
    return linesOf(this.id, client)
  }
}

async function refuseTooMany(
  contractId: number,
  kind: ZoneKind,
  client: TransactionClientContract
) {
  const present = client.from('zones').where('contract_id', contractId).whereNull('deleted_at')
  const isSecondary = kind === 'secondary'
  const counted = isSecondary ? present.where('kind', kind) : present.where('source', 'service')
  const [{ total }] = await counted.count('* as total')
  const limit = isSecondary ? secondaryZonesPerContract : zonesPerContract
  if (Number(total) < limit) return
  if (isSecondary) throw new Refusal('too_many_secondary_zones', 'zone_name', { limit })
  throw new Refusal('too_many_zones', 'zone_name', { limit })
}

function rowOf(contractId: number, { name, kind, source, domainId, primaries }: NewZone) {
  return {
    contractId,
    domainId: domainId ?? null,
    name: name.ascii,
    reversedName: reverseName(name.ascii),
    unicodeName: name.unicode,
    kind: kind ?? ('primary' as const),
    source: source ?? ('service' as const),
    serial: nextSerial(0),
    primaries: primaries?.join('\n') ?? null,
  }
}
