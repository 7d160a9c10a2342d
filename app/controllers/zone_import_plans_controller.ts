import { readFile } from 'node:fs/promises'
import db from '@adonisjs/lucid/services/db'
import type { HttpContext } from '@adonisjs/core/http'
import { zonesOf } from '#models/account/visible'
import { planImport } from '#models/zone/file_import'
import ZonePolicy from '#policies/zone_policy'
import { zoneImport } from '#validators/zone'

/** OPT-10: what a zone file would change; nothing is kept before that was confirmed. */
export default class ZoneImportPlansController {
  async store({ account, bouncer, params, request, view }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('editRecords', zone)
    const { zone_text: typed, zone_file: file, mode } = await request.validateUsing(zoneImport)
    const text = file?.tmpPath ? await readFile(file.tmpPath, 'utf8') : (typed ?? '')
    const plan = planImport(zone.name, await zone.lines(db), text, mode)
    return view.render('pages/zone_import_plans/store', { zone, plan, text, mode })
  }
}
