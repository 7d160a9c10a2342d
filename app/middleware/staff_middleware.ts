import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { fitsSession } from '#middleware/session_stamp'
import type Staff from '#models/staff'
import { refuseUnasked } from '#middleware/policy_asked'
import { isElsewhere, sendAway } from '#middleware/staff_sources'

const signIn = { loginRoute: '/staff/sign_in' }

/** What pages offer; the policies decide. */
const may = ({ role }: Staff) => ({
  work: role !== 'support',
  manage: role === 'administrator',
})

/** The door of the provider's own people. */
export default class StaffMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (isElsewhere(ctx)) return sendAway(ctx)
    await ctx.auth.authenticateUsing(['staff'], signIn)
    const staff = ctx.auth.use('staff').getUserOrFail()
    if (!fitsSession(ctx, 'staff', staff)) {
      await ctx.auth.use('staff').logout()
      return ctx.response.redirect(signIn.loginRoute)
    }
    ctx.view.share({ staff, may: may(staff), path: ctx.request.url() })
    ctx.response.header('Cache-Control', 'no-store')
    await next()
    refuseUnasked(ctx)
  }
}
