import type { HttpContext } from '@adonisjs/core/http'
import NameClaim from '#models/name_claim'
import StaffPolicy from '#policies/staff_policy'
import { nameClaimRefusal } from '#validators/domain'

/** DOM-01: the name stays where it is. */
export default class NameClaimRefusalsController {
  async store({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const claim = await NameClaim.findOrFail(params.name_claim_id)
    const { refusal_reason: reason } = await request.validateUsing(nameClaimRefusal)
    await claim.refuseBy(auth.use('staff').getUserOrFail(), reason)
    session.flash('success', i18n.t('messages.name_claims.refused', { name: claim.unicodeName }))
    return response.redirect().toRoute('staff.name_claims.show', [claim.id])
  }
}
