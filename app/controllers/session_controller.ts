import type { HttpContext } from '@adonisjs/core/http'
import Account from '#models/account'
import ContractSuspension from '#models/contract_suspension'
import OperationLog from '#models/operation_log'
import PanelRestriction from '#models/panel_restriction'
import { stampSession } from '#middleware/session_stamp'
import { limitSignIn } from '#middleware/sign_in_limits'
import AccountPolicy from '#policies/account_policy'
import { signIn } from '#validators/session'

/** One page for the three customer roles (PNL-01). */
export default class SessionController {
  async create({ view }: HttpContext) {
    return view.render('pages/session/create')
  }

  async store(ctx: HttpContext) {
    const { auth, request, response } = ctx
    const { login, password } = await request.validateUsing(signIn)
    let isKeptOut = false
    const account = await limitSignIn(ctx, 'customer', login, async () => {
      const known = await Account.authenticate(login, password)
      isKeptOut = known !== null && (await PanelRestriction.keepsOut(known, request.ip()))
      return isKeptOut ? null : known
    })
    if (isKeptOut) return this.#refuse(ctx, login, 'kept_out')
    if (!account) return this.#refuse(ctx, login)
    if (await account.isOfWaitingDomain()) return this.#refuse(ctx, login, 'domain_is_deleted')
    const suspension = await ContractSuspension.of(account.contractId)
    if (await account.isShutOut(suspension))
      return this.#refuse(ctx, login, 'contract_is_suspended')

    await auth.use('customer').login(account)
    stampSession(ctx, 'customer', account)
    await OperationLog.recordSignIn(account, request.ip(), true)
    return response.redirect().toIntendedRoute('home.show')
  }

  async destroy({ auth, bouncer, response }: HttpContext) {
    await bouncer.with(AccountPolicy).authorize('leave')
    await auth.use('customer').logout()
    return response.redirect().toRoute('session.create')
  }

  /** The same words whether the name is unknown or the password wrong; who knows the password learns what is in his way. */
  async #refuse(
    { i18n, request, response, session }: HttpContext,
    login: string,
    why: 'refused' | 'domain_is_deleted' | 'contract_is_suspended' | 'kept_out' = 'refused'
  ) {
    const ip = request.ip()
    const account = await Account.findBy('login', login)
    if (account && why === 'kept_out') {
      await PanelRestriction.recordKeptOut(account, ip, 'store')
    } else if (account) await OperationLog.recordSignIn(account, ip, false)
    session.flash('refusal', i18n.t(`messages.session.${why}`, { ip }))
    session.flash('login', login)
    return response.redirect().toRoute('session.create')
  }
}
