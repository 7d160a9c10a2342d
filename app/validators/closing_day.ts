import vine from '@vinejs/vine'
import { day, singleLine } from '#validators/rules'

/** ORD-01. */
export const newClosingDays = vine.create({
  closing_from: vine.string().maxLength(20).use(day()),
  closing_until: vine.string().maxLength(20).use(day()).nullable().optional(),
  closing_name: vine.string().maxLength(100).use(singleLine()),
})
