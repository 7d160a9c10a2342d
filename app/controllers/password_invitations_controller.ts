import type { HttpContext } from '@adonisjs/core/http'
import { limitInvitations } from '#middleware/sign_in_limits'
import PasswordInvitation from '#models/password_invitation'
import { invitedPassword } from '#validators/contract'

/** OPS-07: whoever was sent a link chooses his password. Looking at it uses nothing up: mail programs look, too. */
export default class PasswordInvitationsController {
  async edit(ctx: HttpContext) {
    const { params, response, view } = ctx
    const invitation = await limitInvitations(ctx, () => PasswordInvitation.open(params.token))
    if (!invitation) return response.redirect().toRoute('password_invitations.index')
    const { account } = invitation
    return view.render('pages/password_invitations/edit', { account, token: params.token })
  }

  async update(ctx: HttpContext) {
    const { i18n, params, request, response, session } = ctx
    const invitation = await limitInvitations(ctx, () => PasswordInvitation.open(params.token))
    if (!invitation) return response.redirect().toRoute('password_invitations.index')
    const { account } = invitation
    const meta = { login: account.login }
    const { password } = await request.validateUsing(invitedPassword, { meta })
    await invitation.use(await account.hashOf(password), request.ip())
    session.flash('login', account.login)
    session.flash('success', i18n.t('messages.invitations.password_chosen'))
    return response.redirect().toRoute('session.create')
  }

  /** A link that is of no use any more. */
  async index({ view }: HttpContext) {
    return view.render('pages/password_invitations/index')
  }
}
