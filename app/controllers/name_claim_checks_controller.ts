import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { limitNameChecks } from '#middleware/name_limits'
import { nameClaimsOf } from '#models/account/visible'
import { findProof } from '#monitoring/ownership'
import DomainPolicy from '#policies/domain_policy'

/** DOM-01: looks for the proof now, and says what was found. */
export default class NameClaimChecksController {
  async store({ account, bouncer, params, request, response, session }: HttpContext) {
    const claim = await nameClaimsOf(account).where('id', params.name_claim_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('claim', claim)
    if (!claim.isOpen) throw new Refusal('name_claim_is_over')
    await limitNameChecks(account)
    const findings = await findProof(claim)
    if (findings.proof) await claim.prove(findings.proof, { by: account, ip: request.ip() })
    else await claim.noteCheck()
    session.flash('findings', findings)
    return response.redirect().toRoute('name_claims.show', [claim.id])
  }
}
