import vine from '@vinejs/vine'
import { paymentMethods } from '#models/contract_profile'
import { phoneNumber, postalCode, singleLine, strongPassword } from '#validators/rules'

const line = (most = 100) => vine.string().maxLength(most).use(singleLine())
const optionalLine = (most = 100) => line(most).nullable().optional()
const mail = () => vine.string().maxLength(254).email()
const code = () => vine.string().maxLength(20).use(postalCode())
const phone = () => vine.string().maxLength(40).use(phoneNumber())

/** PNL-13. */
export const contractProfile = vine.create({
  postal_code: code(),
  postal_address: line(255),
  phone: phone(),
  person_name: line(),
  person_department: optionalLine(),
  person_mail: mail(),
  technical_name: optionalLine(),
  technical_phone: phone().nullable().optional(),
  technical_mail: mail().nullable().optional(),
  billing_name: optionalLine(),
  billing_postal_code: code().nullable().optional(),
  billing_address: optionalLine(255),
  billing_mail: mail().nullable().optional(),
})

export const paymentChange = vine.create({ payment_method: vine.enum(paymentMethods) })

/** PNL-13 サーバの説明文変更. */
export const serverDescription = vine.create({ server_description: optionalLine() })

/** Of a new customer. */
export const newContract = vine.create({
  contract_name: line(),
  person_mail: mail(),
  password: vine.string().use(strongPassword()),
})
