import type { HttpContext } from '@adonisjs/core/http'
import { zonesOf } from '#models/account/visible'
import ZonePolicy from '#policies/zone_policy'

/** OPT-10: takes one change of the history back; that is a change, too. */
export default class ZoneUndosController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const { zone_id: zoneId, zone_change_id: id } = params
    const zone = await zonesOf(account).where('id', zoneId).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('editRecords', zone)
    const change = await zone.related('changes').query().where('id', id).firstOrFail()
    await change.undo(zone, { by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.zones.undone'))
    return response.redirect().toRoute('zones.show', [zone.id])
  }
}
