import { createHash } from 'node:crypto'
import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'

export type Area = 'customer' | 'staff'

/** Changes with the password, and says nothing about it. */
function stampOf(person: { password: string }) {
  return createHash('sha256').update(person.password).digest('base64url').slice(0, 22)
}

export function stampSession({ session }: HttpContext, area: Area, person: { password: string }) {
  session.put(`${area}_stamp`, stampOf(person))
}

/** A changed password ends the sessions on all other devices: theirs carry the old stamp. */
export function fitsSession({ session }: HttpContext, area: Area, person: { password: string }) {
  const stamp = session.get(`${area}_stamp`)
  // Test clients put people into sessions without signing them in
  if (stamp === undefined && app.inTest) return true
  return stamp === stampOf(person)
}
