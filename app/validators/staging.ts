import vine from '@vinejs/vine'
import { mostDifferences } from '#monitoring/staging'
import { mostGenerations } from '#models/staging_generation'

/** Which change was the last one on the page that was shown: what came after it was not seen. */
const seen = () => vine.number().withoutDecimals().min(0)

export const stagingChange = vine.create({ seen: seen() })

export const stagingSwap = vine.create({
  seen: seen(),
  copies_first: vine.boolean().optional(),
  database_source: vine.number().withoutDecimals().positive().nullable().optional(),
  database_target: vine.number().withoutDecimals().positive().nullable().optional(),
})

/** Names as a page gave them out: bytes in base64url. */
const chosenName = () =>
  vine
    .string()
    .maxLength(8192)
    .regex(/^[\w-]+$/)

const place = vine.create({ below: chosenName().optional() })

/** Which directory a page shows; all of it for what is no name. */
export async function readPlace(input: Record<string, unknown>): Promise<string | undefined> {
  const [, read] = await place.tryValidate(input)
  return read?.below
}

export const stagingPublication = vine.create({
  seen: seen(),
  chosen: vine.array(chosenName()).maxLength(mostDifferences).optional(),
  removed: vine.array(chosenName()).maxLength(mostDifferences).optional(),
  confirms_removal: vine.boolean().optional(),
})

export const stagingSettings = vine.create({
  staging_generations: vine.number().withoutDecimals().range([0, mostGenerations]),
})
