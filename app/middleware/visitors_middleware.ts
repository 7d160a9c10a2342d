import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { isElsewhere, sendAway } from '#middleware/staff_sources'

/** The door to the sign-in pages; who is inside already goes on to his home. */
export default class VisitorsMiddleware {
  async handle(ctx: HttpContext, next: NextFn, options: { area?: 'customer' | 'staff' } = {}) {
    const area = options.area ?? 'customer'
    if (area === 'staff' && isElsewhere(ctx)) return sendAway(ctx)
    if (await ctx.auth.use(area).check()) {
      return ctx.response.redirect(area === 'staff' ? '/staff' : '/')
    }
    return next()
  }
}
