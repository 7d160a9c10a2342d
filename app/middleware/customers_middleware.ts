import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import type Account from '#models/account'
import PanelRestriction from '#models/panel_restriction'
import ContractSuspension from '#models/contract_suspension'
import { Restrictions } from '#models/restriction/restrictions'
import { fitsSession } from '#middleware/session_stamp'
import { refuseUnasked } from '#middleware/policy_asked'
import { refuseChanges } from '#middleware/suspended_contract'

const signIn = { loginRoute: '/sign_in' }

/** The door of the three customer roles (PNL-01). */
export default class CustomersMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    await ctx.auth.authenticateUsing(['customer'], signIn)
    ctx.account = ctx.auth.use('customer').getUserOrFail()
    const suspension = await ContractSuspension.of(ctx.account.contractId)
    if (!fitsSession(ctx, 'customer', ctx.account) || (await ctx.account.isShutOut(suspension))) {
      await ctx.auth.use('customer').logout()
      return ctx.response.redirect(signIn.loginRoute)
    }
    if (await PanelRestriction.keepsOut(ctx.account, ctx.request.ip())) return putOut(ctx)
    if (suspension) refuseChanges(ctx)
    ctx.view.share({
      account: ctx.account,
      suspension,
      path: ctx.request.url(),
      restrictions: await restrictionsOn(ctx.account),
    })
    ctx.response.header('Cache-Control', 'no-store')
    await next()
    refuseUnasked(ctx)
  }
}

/** PNL-07: also a session that was opened elsewhere; one that turns up at a foreign place is over. */
async function putOut({ account, auth, i18n, request, response, session }: HttpContext) {
  await PanelRestriction.recordKeptOut(account, request.ip(), 'destroy')
  await auth.use('customer').logout()
  session.flash('refusal', i18n.t('messages.session.kept_out', { ip: request.ip() }))
  return response.redirect(signIn.loginRoute)
}

/** USR-08: pages say what one may not change; whoever changes it nevertheless is refused by the verb. */
function restrictionsOn(account: Account) {
  return Restrictions.of({ id: account.domainId ?? 0 }, { by: account })
}

declare module '@adonisjs/core/http' {
  export interface HttpContext {
    /** Behind the customers' door: who is signed in. */
    account: Account
  }
}
