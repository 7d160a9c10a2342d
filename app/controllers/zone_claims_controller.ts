import type { HttpContext } from '@adonisjs/core/http'
import { nameClaims } from '#config/domains'
import { limitNameClaims } from '#middleware/name_limits'
import NameClaim from '#models/name_claim'
import ZonePolicy from '#policies/zone_policy'
import { newNameClaim } from '#validators/domain'

/** DOM-01, OPT-10: names that somebody else has, by who needs no server for his zones. */
export default class ZoneClaimsController {
  async create({ bouncer, request, view }: HttpContext) {
    await bouncer.with(ZonePolicy).authorize('create')
    const name = String(request.qs().name ?? '').slice(0, 253)
    const { openDays } = nameClaims
    return view.render('pages/name_claims/create', { server: null, name, openDays })
  }

  async store({ account, bouncer, request, response }: HttpContext) {
    await bouncer.with(ZonePolicy).authorize('create')
    const { name } = await request.validateUsing(newNameClaim)
    await limitNameClaims(account)
    const claim = await NameClaim.open(null, name, { by: account, ip: request.ip() })
    return response.redirect().toRoute('name_claims.show', [claim.id])
  }
}
