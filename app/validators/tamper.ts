import vine from '@vinejs/vine'
import { checkForward } from '#models/mail_address'
import { mostWatchAddresses } from '#models/tamper_watch'
import { addressList, timeOfDay } from '#validators/rules'

const longestAddresses = 4000

/** WEB-07. Whoever is not told has no use of it, so it isn't on without an address. */
export const tamperWatch = vine.create({
  tamper_watch: vine.enum(['on', 'off'] as const),
  look_time: vine.string().trim().maxLength(20).use(timeOfDay()),
  tamper_addresses: vine
    .string()
    .maxLength(longestAddresses)
    .use(addressList({ check: checkForward, most: mostWatchAddresses }))
    .nullable()
    .optional()
    .requiredWhen('tamper_watch', '=', 'on'),
  tamper_telling: vine.enum(['once', 'daily'] as const),
})

/** Which look's findings are right; none: look now, and take what is found. */
export const tamperBaseline = vine.create({
  look: vine.number().withoutDecimals().positive().nullable().optional(),
})
