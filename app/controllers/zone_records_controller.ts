import type { HttpContext } from '@adonisjs/core/http'
import { zonesOf } from '#models/account/visible'
import { recordRowsOf } from '#models/zone/listing'
import { applyTable, refuseMistakes, typedContent, typedName } from '#models/zone/table'
import { recordExamples } from '#models/zone/examples'
import { recordTypes } from '#models/zone/types'
import ZonePolicy from '#policies/zone_policy'
import { readList } from '#validators/list'
import { rowsOf, zoneTable } from '#validators/zone'

/** Below what is there. */
const emptyRows = 5

/** OPT-10: the table in which records are edited; all of it is one change. */
export default class ZoneRecordsController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('editRecords', zone)
    const list = await readList(request.qs(), [''])
    const records = await recordRowsOf(zone.id, list)
    const present = records.rows.map((line) => ({
      key: `r${line.id}`,
      name: typedName(line),
      ttl: String(line.ttl),
      type: line.type,
      content: typedContent(line, zone.name),
    }))
    const fresh = Array.from({ length: emptyRows }, (_, index) => {
      return { key: `n${index + 1}`, name: '', ttl: '', type: 'A', content: '' }
    })
    const rows = { present, fresh }
    return view.render('pages/zone_records/index', {
      ...{ zone, list, records, rows },
      ...{ recordTypes, recordExamples },
    })
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('editRecords', zone)
    const rows = rowsOf(await request.validateUsing(zoneTable))
    const actor = { by: account, ip: request.ip() }
    const isChanged = await zone.edit(actor, { action: 'zone_records.store' }, (draft, now) => {
      refuseMistakes(applyTable(draft, now, rows))
    })
    session.flash('success', i18n.t(isChanged ? 'messages.zones.changed' : 'messages.unchanged'))
    return response.redirect().toRoute('zones.show', [zone.id])
  }
}
