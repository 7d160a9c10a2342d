import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import type Account from '#models/account'
import PanelRestriction from '#models/panel_restriction'
import ContractSuspension from '#models/contract_suspension'
import { Restrictions } from '#models/restriction/restrictions'
import { openViewOf, watchView } from '#middleware/customer_view'
import { fitsSession } from '#middleware/session_stamp'
import { refuseUnasked } from '#middleware/policy_asked'
import { refuseChanges } from '#middleware/suspended_contract'

const signIn = { loginRoute: '/sign_in' }

/** The door of the three customer roles (PNL-01). */
export default class CustomersMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const view = await openViewOf(ctx)
    if (view === 'over') return backToStaff(ctx)
    ctx.customerView = view ?? undefined
    if (!view) await ctx.auth.authenticateUsing(['customer'], signIn)
    ctx.account = view ? view.account : ctx.auth.use('customer').getUserOrFail()
    const suspension = await ContractSuspension.of(ctx.account.contractId)
    if (!view && !(await mayStay(ctx, suspension))) {
      await ctx.auth.use('customer').logout()
      return ctx.response.redirect(signIn.loginRoute)
    }
    // PNL-07: of where customers are; staff look from their own place
    if (!view && (await PanelRestriction.keepsOut(ctx.account, ctx.request.ip())))
      return putOut(ctx)
    if (suspension) refuseChanges(ctx)
    await shareWithPages(ctx, suspension)
    if (view && !(await watchView(ctx, view))) return showWithheld(ctx)
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

async function mayStay(ctx: HttpContext, suspension: ContractSuspension | null) {
  return fitsSession(ctx, 'customer', ctx.account) && !(await ctx.account.isShutOut(suspension))
}

async function shareWithPages(ctx: HttpContext, suspension: ContractSuspension | null) {
  const { account, customerView, request } = ctx
  const restrictions = await restrictionsOn(account)
  ctx.view.share({ account, customerView, suspension, restrictions, path: request.url() })
  ctx.response.header('Cache-Control', 'no-store')
}

function backToStaff({ i18n, response, session }: HttpContext) {
  session.flash('warning', i18n.t('messages.customer_views.over'))
  return response.redirect().toRoute('staff.contracts.index')
}

async function showWithheld({ response, view }: HttpContext) {
  response.status(403).send(await view.render('pages/customer_views/withheld'))
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
