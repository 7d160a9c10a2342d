import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { zonesOf } from '#models/account/visible'
import { planImport } from '#models/zone/file_import'
import ZonePolicy from '#policies/zone_policy'
import { zoneImportChoice } from '#validators/zone'

/** OPT-10: records from a zone file, such as the one of the name server before. */
export default class ZoneImportsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('editRecords', zone)
    return view.render('pages/zone_imports/create', { zone })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('editRecords', zone)
    const { zone_text: text, mode, seen } = await request.validateUsing(zoneImportChoice)
    const actor = { by: account, ip: request.ip() }
    const isChanged = await zone.edit(actor, { action: 'zone_imports.store' }, (draft, now) => {
      if (now.serial !== seen) throw new Refusal('record_was_changed_meanwhile')
      const { file, records } = planImport(now.name, draft.records, text, mode)
      if (file.mistakes.length > 0) throw new Refusal('zone_file_has_mistakes')
      draft.set(records)
      if (mode === 'replace' && file.settings) now.merge(file.settings)
    })
    session.flash('success', i18n.t(isChanged ? 'messages.zones.changed' : 'messages.unchanged'))
    return response.redirect().toRoute('zones.show', [zone.id])
  }
}
