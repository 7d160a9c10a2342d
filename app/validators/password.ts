import vine from '@vinejs/vine'
import { strongPassword } from '#validators/rules'

export const passwordChange = vine.withMetaData<{ login: string }>().create({
  current_password: vine.string().maxLength(200),
  password: vine.string().use(strongPassword()).confirmed(),
})
