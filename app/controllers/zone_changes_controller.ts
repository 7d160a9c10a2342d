import type { HttpContext } from '@adonisjs/core/http'
import { zonesOf } from '#models/account/visible'
import { zoneChangeRowsOf } from '#models/zone/listing'
import { readKept } from '#models/zone_change'
import ZonePolicy from '#policies/zone_policy'
import { readList } from '#validators/list'

/** OPT-10: who changed what in a zone, and when. */
export default class ZoneChangesController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('show', zone)
    const list = await readList(request.qs(), [''])
    const changes = await zoneChangeRowsOf(zone.id, list.page)
    return view.render('pages/zone_changes/index', { zone, list, changes, readKept })
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('show', zone)
    const change = await zone.related('changes').query().where('id', params.id).firstOrFail()
    const undoing = await zone.related('changes').query().where('undoesId', change.id).first()
    return view.render('pages/zone_changes/show', { zone, change, isUndone: undoing !== null })
  }
}
