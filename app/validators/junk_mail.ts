import vine from '@vinejs/vine'
import { junkPerPage } from '#monitoring/mail/junk'

const number = () =>
  vine
    .number()
    .withoutDecimals()
    .range([1, 2 ** 32 - 1])

/** MAIL-04: messages that were ticked. With `validity` their numbers mean what was shown. */
export const chosenJunk = vine.create({
  validity: number(),
  uids: vine.array(number()).maxLength(junkPerPage).optional(),
  allow: vine.boolean().optional(),
  confirmed: vine.boolean().optional(),
})
