import type { HttpContext } from '@adonisjs/core/http'
import { zonesOf } from '#models/account/visible'
import ZonePolicy from '#policies/zone_policy'
import { zoneDnssec } from '#validators/zone'

/** OPT-10: DNSSEC of a zone, and what the parent zone needs for it. */
export default class ZoneSigningsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('editRecords', zone)
    return view.render('pages/zone_signings/edit', { zone })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('editRecords', zone)
    const { dnssec } = await request.validateUsing(zoneDnssec)
    const actor = { by: account, ip: request.ip() }
    const isChanged = await zone.edit(actor, { action: 'zone_signings.update' }, (_, now) => {
      now.dnssec = dnssec === 'on'
    })
    session.flash('success', i18n.t(isChanged ? 'messages.zones.saved' : 'messages.unchanged'))
    return response.redirect().toRoute('zone_signings.edit', [zone.id])
  }
}
