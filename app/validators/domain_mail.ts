import vine from '@vinejs/vine'
import { mostSending, mtaStsModes } from '#models/domain/mail_settings'
import { recipients } from '#validators/rules'

export const outMx = vine.create({
  out_mx: vine.enum(['on', 'off'] as const),
})

export const sendingLimits = vine.create({
  sending_per_hour: recipients({ most: mostSending.perHour }),
  sending_per_day: recipients({ most: mostSending.perDay, least: 'sending_per_hour' }),
})

/** `loaded_selector`: of the key that the page showed; empty while there was none. */
export const dkimKey = vine.create({
  loaded_selector: vine.string().maxLength(63).nullable().optional(),
})

export const mtaStsPolicy = vine.create({
  mta_sts: vine.enum(mtaStsModes),
})
