import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { stampSession } from '#middleware/session_stamp'
import { limitPasswordCheck } from '#middleware/sign_in_limits'
import { refuse } from '#models/operation'
import AccountPolicy from '#policies/account_policy'
import { passwordChange } from '#validators/password'

/** One's own password: panel, mail and SFTP verify the same one. */
export default class PasswordsController {
  async edit({ bouncer, view }: HttpContext) {
    await bouncer.with(AccountPolicy).authorize('changePassword')
    return view.render('pages/passwords/edit')
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, i18n, request, response, session } = ctx
    await bouncer.with(AccountPolicy).authorize('changePassword')
    const input = await request.validateUsing(passwordChange, { meta: { login: account.login } })
    const actor = { by: account, ip: request.ip() }
    const isOwner = await limitPasswordCheck(ctx, account.login, () =>
      account.hasPassword(input.current_password)
    )
    if (!isOwner) {
      const operation = { action: 'password.update', target: account.login }
      return refuse(actor, operation, new Refusal('current_password_is_wrong', 'current_password'))
    }

    await account.changePassword(await account.hashOf(input.password), actor)
    // A fresh id, and the stamp of the new password: only this device stays signed in
    session.regenerate()
    stampSession(ctx, 'customer', account)
    session.flash('success', i18n.t('messages.passwords.changed'))
    return response.redirect().toRoute('passwords.edit')
  }
}
