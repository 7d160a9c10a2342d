import type { HttpContext } from '@adonisjs/core/http'
import { sendCsv } from '#controllers/sheets_controller'
import { domainsOf } from '#models/account/visible'
import { templateOf } from '#models/sheet/download'
import { sheetNamed } from '#models/sheet/index'
import { say } from '#models/sheet/words'
import ImportPolicy from '#policies/import_policy'

/** The headings of a sheet, and one row that shows how to fill them in. */
export default class SheetTemplatesController {
  async show(ctx: HttpContext) {
    const { account, bouncer, params } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ImportPolicy).authorize('create', domain)
    const sheet = sheetNamed(params.sheet)!
    const name = `${say(`files.${sheet.name}`)}_${say('files.template')}.csv`
    return sendCsv(ctx, name, templateOf(sheet))
  }
}
