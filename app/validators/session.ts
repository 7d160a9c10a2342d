import vine from '@vinejs/vine'
import { normalizeLogin } from '#models/account/login'

/** Only what keeps the database and hashing from work for nothing: every other answer is the same one. */
export const signIn = vine.create({
  login: vine.string().maxLength(320).transform(normalizeLogin),
  password: vine.string().maxLength(200),
})
