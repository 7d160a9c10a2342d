import config from '@adonisjs/core/services/config'
import type { HttpContext } from '@adonisjs/core/http'
import { isFrom } from '#models/ip_source'

/** PNL-07: whether somebody stands where staff may not work from; a provider says so in STAFF_SOURCES. */
export function isElsewhere({ request }: HttpContext): boolean {
  const sources = config.get<readonly string[]>('staff.sources')
  return sources.length > 0 && !isFrom(request.ip(), sources)
}

/** Not even the page to sign in is shown; a session that turns up there is over. */
export async function sendAway(ctx: HttpContext) {
  const { auth, logger, request, response, view } = ctx
  const ip = request.ip()
  const guard = auth.use('staff')
  const staff = (await guard.check()) ? guard.user!.login : null
  logger.info({ ip, staff }, 'the area of staff was asked for from an address that is not allowed')
  if (staff) await guard.logout()
  return response.forbidden(await view.render('pages/errors/elsewhere', { ip }))
}
