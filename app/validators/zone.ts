import vine from '@vinejs/vine'
import type { Infer } from '@vinejs/vine/types'
import type { TableRow } from '#models/zone/table'
import { readAddresses } from '#models/zone/primaries'
import { checkZoneName } from '#models/zone/zone_name'
import { longestTtl } from '#models/zone/ttl'
import { importModes } from '#models/zone/file_import'
import { largestFile, settingBounds } from '#models/zone/zone_file'
import { zoneAddresses, zoneName } from '#validators/rules'

const name = () =>
  vine
    .string()
    .maxLength(1024)
    .use(zoneName())
    .transform((typed) => {
      const check = checkZoneName(typed)
      if ('problem' in check) throw new Error(check.problem)
      return check
    })

/** An address a line, of the customer's own name server. */
const primaries = () =>
  vine
    .string()
    .maxLength(1024)
    .use(zoneAddresses())
    .transform((typed) => readAddresses(typed))

export const newZone = vine.create({ zone_name: name() })

export const newSecondaryZone = vine.create({ zone_name: name(), primaries: primaries() })

const seconds = ([least, most]: readonly [number, number]) =>
  vine.number().withoutDecimals().range([least, most])

export const zoneSettings = vine.create({
  default_ttl: seconds([60, longestTtl]),
  soa_refresh: seconds(settingBounds.soaRefresh),
  soa_retry: seconds(settingBounds.soaRetry),
  soa_expire: seconds(settingBounds.soaExpire),
  soa_minimum: seconds(settingBounds.soaMinimum),
})

export const secondarySettings = vine.create({ primaries: primaries() })

/** What is wrong with a record is said by the zone itself, beside the row. */
const text = (most: number) => vine.string().maxLength(most).nullable().optional()

const row = vine.object({
  name: text(1024),
  ttl: text(32),
  type: text(16),
  content: text(20_000),
  remove: vine.literal('1').optional(),
})

export const zoneTable = vine.create({ records: vine.record(row).optional() })

/** Keys begin with letters: numbers alone would make the form's fields a list. */
export function rowsOf({ records = {} }: Infer<typeof zoneTable>): TableRow[] {
  return Object.entries(records)
    .filter(([key]) => /^(r[1-9][0-9]{0,14}|n[0-9]{1,3})$/.test(key))
    .slice(0, 200)
    .map(([key, { name: typed, ttl, type, content, remove }]) => ({
      key,
      name: typed ?? '',
      ttl: ttl ?? '',
      type: type ?? 'A',
      content: content ?? '',
      remove: remove === '1',
    }))
}

/** Either a file or its text. */
export const zoneImport = vine.create({
  zone_text: vine.string().maxLength(largestFile).optional().requiredIfMissing('zone_file'),
  zone_file: vine.file({ size: '1mb' }).nullable().optional(),
  mode: vine.enum(importModes),
})

export const zoneImportChoice = vine.create({
  zone_text: vine.string().maxLength(largestFile),
  mode: vine.enum(importModes),
  /** Serial that the plan was made of. */
  seen: vine
    .number()
    .withoutDecimals()
    .range([0, 2 ** 32 - 1]),
})

export const zoneDeletion = vine.create({ name: vine.string().maxLength(1024) })

export const zoneDnssec = vine.create({ dnssec: vine.enum(['on', 'off'] as const) })
