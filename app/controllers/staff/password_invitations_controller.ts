import type { HttpContext } from '@adonisjs/core/http'
import encryption from '@adonisjs/core/services/encryption'
import { support } from '#config/support'
import { staffAuthor } from '#middleware/staff_author'
import { invitationUrl } from '#mails/password_invitation'
import Contract from '#models/contract'
import ContractProfile from '#models/contract_profile'
import PasswordInvitation from '#models/password_invitation'
import StaffPolicy from '#policies/staff_policy'
import { passwordInvitation } from '#validators/contract'

const kept = 'password_invitation'
const lifetime = '30 minutes'
const purposeOf = (id: number) => `${kept} ${id}`

/** OPS-07: the welcome letter, on paper or by mail, with the link with which a contractor chooses his password. */
export default class PasswordInvitationsController {
  async create({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const contract = await Contract.findOrFail(params.contract_id)
    const contractor = await contract.contractor()
    const latest = await PasswordInvitation.latestOf(contractor.id)
    return view.render('pages/staff/password_invitations/create', { contract, latest })
  }

  /** The link is in this browser's session, encrypted, while the letter is being printed; rows hold only its hash. */
  async store(ctx: HttpContext) {
    const { bouncer, i18n, params, request, response, session } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const contract = await Contract.findOrFail(params.contract_id)
    const { means } = await request.validateUsing(passwordInvitation)
    const account = await contract.contractor()
    const by = staffAuthor(ctx)
    if (means === 'mail') {
      await PasswordInvitation.byMail(account, by)
      const said = { mail: contract.noticeAddress ?? '' }
      session.flash('success', i18n.t('messages.invitations.mailed', said))
      return response.redirect().toRoute('staff.contracts.show', [contract.id])
    }
    const { invitation, token } = await PasswordInvitation.byLetter(account, by)
    const purpose = purposeOf(invitation.id)
    session.put(kept, encryption.encrypt(token, { expiresIn: lifetime, purpose }))
    return response.redirect().toRoute('staff.password_invitations.show', [invitation.id])
  }

  /** May be loaded and printed again for a while; then a new one is made. */
  async show({ bouncer, i18n, params, response, session, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const query = PasswordInvitation.query().where('id', params.id)
    const invitation = await query
      .preload('account', (one) => one.preload('contract'))
      .firstOrFail()
    const { contract } = invitation.account
    const token = encryption.decrypt<string>(session.get(kept, ''), purposeOf(invitation.id))
    if (token === null || !invitation.isOpen) {
      session.flash('warning', i18n.t('messages.invitations.letter_is_gone'))
      return response.redirect().toRoute('staff.password_invitations.create', [contract.id])
    }
    const addressee = { contract, profile: await ContractProfile.of(contract.id) }
    const letter = { ...addressee, support, url: invitationUrl(token), login: contract.code }
    return view.render('pages/staff/password_invitations/show', { ...letter, invitation })
  }
}
