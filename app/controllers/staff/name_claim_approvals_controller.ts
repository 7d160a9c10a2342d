import type { HttpContext } from '@adonisjs/core/http'
import NameClaim from '#models/name_claim'
import StaffPolicy from '#policies/staff_policy'
import { nameClaimApproval } from '#validators/domain'

/** DOM-01: the name goes to who claimed it. */
export default class NameClaimApprovalsController {
  async store({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const claim = await NameClaim.findOrFail(params.name_claim_id)
    const { handover, reason } = await request.validateUsing(nameClaimApproval)
    const staff = auth.use('staff').getUserOrFail()
    await claim.approveBy(staff, { handover, reason: reason ?? null })
    session.flash('success', i18n.t('messages.name_claims.approved', { name: claim.unicodeName }))
    return response.redirect().toRoute('staff.name_claims.show', [claim.id])
  }
}
