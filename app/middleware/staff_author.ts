import type { HttpContext } from '@adonisjs/core/http'
import type { StaffAuthor } from '#models/actor'

/** Behind the staff's door: who does it, for their log. */
export function staffAuthor({ auth, request }: HttpContext): StaffAuthor {
  return { staff: auth.use('staff').getUserOrFail(), ip: request.ip() }
}
