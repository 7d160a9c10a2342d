import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { stampSession } from '#middleware/session_stamp'
import { hashPassword } from '#models/account/password'
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
    if (!(await account.hasPassword(input.current_password))) {
      throw new Refusal('current_password_is_wrong', 'current_password')
    }

    await account.changePassword(await hashPassword(input.password), {
      by: account,
      ip: request.ip(),
    })
    // A fresh id, and the stamp of the new password: only this device stays signed in
    session.regenerate()
    stampSession(ctx, 'customer', account)
    session.flash('success', i18n.t('messages.passwords.changed'))
    return response.redirect().toRoute('passwords.edit')
  }
}
