import db from '@adonisjs/lucid/services/db'
import type { HttpContext } from '@adonisjs/core/http'
import { zonesOf } from '#models/account/visible'
import { writeZoneFile } from '#models/zone/zone_file_writer'
import ZonePolicy from '#policies/zone_policy'

/** OPT-10: the zone as other name servers read it. */
export default class ZoneFilesController {
  async show({ account, bouncer, params, response }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('show', zone)
    response.header('Content-Type', 'text/plain; charset=utf-8')
    response.header('Content-Disposition', `attachment; filename="${zone.name}.zone"`)
    return writeZoneFile(zone, await zone.lines(db))
  }
}
