import type { HttpContext } from '@adonisjs/core/http'
import { nameClaims } from '#config/domains'
import { limitNameClaims } from '#middleware/name_limits'
import { nameClaimsOf, serversOf } from '#models/account/visible'
import NameClaim from '#models/name_claim'
import { nameClaimRowsOf } from '#models/name_claim/listing'
import DomainPolicy from '#policies/domain_policy'
import { newNameClaim } from '#validators/domain'
import { readList } from '#validators/list'

/** DOM-01: names that somebody else has, and that the contract says are its own. */
export default class NameClaimsController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(DomainPolicy).authorize('index')
    const list = await readList(request.qs(), ['-id'])
    const claims = await nameClaimRowsOf(account, list.page)
    return view.render('pages/name_claims/index', { list, claims })
  }

  async create({ account, bouncer, params, request, view }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('create', server)
    const name = String(request.qs().name ?? '').slice(0, 253)
    return view.render('pages/name_claims/create', { server, name, openDays: nameClaims.openDays })
  }

  async store({ account, bouncer, params, request, response }: HttpContext) {
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('create', server)
    const { name } = await request.validateUsing(newNameClaim)
    await limitNameClaims(account)
    const claim = await NameClaim.open(server, name, { by: account, ip: request.ip() })
    return response.redirect().toRoute('name_claims.show', [claim.id])
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const claim = await nameClaimsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('claim', claim)
    return view.render('pages/name_claims/show', { claim, server: claim.server })
  }

  async destroy({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const claim = await nameClaimsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('claim', claim)
    await claim.withdraw({ by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.name_claims.withdrawn', { name: claim.unicodeName }))
    return response.redirect().toRoute('name_claims.index')
  }
}
