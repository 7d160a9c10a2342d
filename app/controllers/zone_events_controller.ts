import type { HttpContext } from '@adonisjs/core/http'
import { streamProgress } from '#controllers/apply_events_controller'
import { zonesOf } from '#models/account/visible'
import { watchZone } from '#models/zone/progress'
import ZonePolicy from '#policies/zone_policy'

/** OPT-10: how far a change of a zone is, told by the server (server-sent events). */
export default class ZoneEventsController {
  async show(ctx: HttpContext) {
    const zone = await zonesOf(ctx.account).where('id', ctx.params.zone_id).firstOrFail()
    await ctx.bouncer.with(ZonePolicy).authorize('show', zone)
    return streamProgress(ctx, (signal) => watchZone(zone.id, signal))
  }
}
