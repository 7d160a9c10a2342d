import { RuntimeException } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'
import { WatchedBouncer } from '#middleware/initialize_bouncer_middleware'

/** Deny by default: an answer that was made without asking a policy is not sent (security.md). */
export function refuseUnasked(ctx: HttpContext) {
  if (ctx.bouncer instanceof WatchedBouncer && ctx.bouncer.asked) return
  // Exceptions are answers already when they come by here, e.g. 404
  if (ctx.response.getStatus() >= 400) return
  ctx.response.removeHeader('location')
  throw new RuntimeException(`${ctx.route?.pattern} answered without asking a policy`)
}
