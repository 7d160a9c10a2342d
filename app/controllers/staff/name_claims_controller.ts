import type { HttpContext } from '@adonisjs/core/http'
import db from '@adonisjs/lucid/services/db'
import { holdersAround } from '#models/domain/name_claim'
import NameClaim from '#models/name_claim'
import { holderRows, nameClaimRows } from '#models/name_claim/listing'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'

/** DOM-01: who says that a name is his which another customer has. */
export default class NameClaimsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['-id'])
    return view.render('pages/staff/name_claims/index', {
      list,
      claims: await nameClaimRows(list.page),
    })
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const claim = await NameClaim.query()
      .where('id', params.id)
      .preload('contract')
      .preload('server')
      .firstOrFail()
    const around = await holdersAround(claim.name, db)
    const others = around.filter((each) => each.contract_id !== claim.contractId)
    return view.render('pages/staff/name_claims/show', {
      claim,
      holders: await holderRows(others.map(({ id }) => id)),
    })
  }
}
