import vine from '@vinejs/vine'
import { normalizeLogin } from '#models/account/login'
import { paymentMethods } from '#models/contract_profile'
import { invitationMeans } from '#models/password_invitation'
import { phoneNumber, postalCode, singleLine, strongPassword } from '#validators/rules'

const line = (most = 100) => vine.string().maxLength(most).use(singleLine())
const optionalLine = (most = 100) => line(most).nullable().optional()
/** Blanks say nothing. */
const reason = (most: number) => line(most).trim().minLength(1)
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

/** OPS-07: by staff, who may know less than the customer himself. */
export const staffContract = vine.create({
  contract_name: reason(100),
  person_mail: mail(),
  postal_code: code().nullable().optional(),
  postal_address: optionalLine(255),
  phone: phone().nullable().optional(),
  person_name: optionalLine(),
  person_department: optionalLine(),
  technical_name: optionalLine(),
  technical_phone: phone().nullable().optional(),
  technical_mail: mail().nullable().optional(),
  billing_name: optionalLine(),
  billing_postal_code: code().nullable().optional(),
  billing_address: optionalLine(255),
  billing_mail: mail().nullable().optional(),
})

/** OPS-07: for staff alone. */
export const contractSuspension = vine.create({ suspension_reason: reason(500) })

/** OPS-07. */
export const customerView = vine.create({
  view_login: vine.string().maxLength(320).transform(normalizeLogin),
  view_reason: reason(200),
})

export const passwordInvitation = vine.create({ means: vine.enum(invitationMeans) })

/** Whoever has the link chooses it. */
export const invitedPassword = vine.withMetaData<{ login: string }>().create({
  password: vine.string().use(strongPassword()).confirmed(),
})
