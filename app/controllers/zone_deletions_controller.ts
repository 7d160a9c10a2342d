import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { zonesOf } from '#models/account/visible'
import { refuse } from '#models/operation'
import ZonePolicy from '#policies/zone_policy'
import { zoneDeletion } from '#validators/zone'

/** OPT-10: from then on nobody finds what is in it. */
export default class ZoneDeletionsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('destroy', zone)
    return view.render('pages/zone_deletions/create', { zone })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('destroy', zone)
    const { name } = await request.validateUsing(zoneDeletion)
    const actor = { by: account, ip: request.ip() }
    if (!zone.isNamed(name)) {
      const operation = { action: 'zones.destroy', target: zone.unicodeName }
      return refuse(actor, operation, new Refusal('name_typed_differs', 'name'))
    }
    await zone.remove(actor)
    session.flash('success', i18n.t('messages.zones.removed', { name: zone.unicodeName }))
    return response.redirect().toRoute('zones.index')
  }
}
