import db from '@adonisjs/lucid/services/db'
import type { HttpContext } from '@adonisjs/core/http'
import { zonesOf } from '#models/account/visible'
import { ZoneDraft } from '#models/zone/draft'
import { applyTable } from '#models/zone/table'
import { sayMistake } from '#models/zone/words'
import { limitRecordChecks } from '#middleware/name_limits'
import { spfLookUps } from '#monitoring/spf_look_ups'
import ZonePolicy from '#policies/zone_policy'
import { rowsOf, zoneTable } from '#validators/zone'

/** OPT-10: what would be wrong with the table as it stands in the form, while it is typed. */
export default class ZoneRecordChecksController {
  async store({ account, bouncer, i18n, params, request, response }: HttpContext) {
    const zone = await zonesOf(account).where('id', params.zone_id).firstOrFail()
    await bouncer.with(ZonePolicy).authorize('editRecords', zone)
    await limitRecordChecks(account)
    const rows = rowsOf(await request.validateUsing(zoneTable))
    const draft = new ZoneDraft(await zone.lines(db))
    const { mistakes, warnings, lines } = applyTable(draft, zone, rows)
    const say = (each: (typeof mistakes)[number]) => {
      return { row: each.row, input: each.input, text: sayMistake(each, i18n.t.bind(i18n)) }
    }
    const typed = new Set(rows.map(({ key }) => key))
    const policies = await spfLookUps(
      [...lines].filter(([key]) => typed.has(key)),
      zone.name
    )
    return response.json({
      mistakes: mistakes.slice(0, 50).map(say),
      warnings: [...warnings.filter(({ row }) => row !== null), ...policies].slice(0, 50).map(say),
      values: [...lines].map(([row, { content }]) => ({ row, text: content })),
    })
  }
}
