import vine from '@vinejs/vine'
import { singleLine, textLines } from '#validators/rules'

/** ORD-08. */
export const newInquiry = vine.create({
  inquiry_subject: vine.string().maxLength(100).use(singleLine()),
  inquiry_body: vine.string().maxLength(5000).use(textLines()),
  contact_mail: vine.string().maxLength(254).email(),
  inquiry_server: vine
    .number()
    .withoutDecimals()
    .positive()
    .max(Number.MAX_SAFE_INTEGER)
    .nullable()
    .optional(),
})
