import type { HttpContext } from '@adonisjs/core/http'
import { sendCsv } from '#controllers/sheets_controller'
import { importsOf } from '#models/account/visible'
import { mistakesSheet } from '#models/sheet/download'
import { say } from '#models/sheet/words'
import ImportPolicy from '#policies/import_policy'

/** USR-06: every wrong row by line, column and reason. */
export default class ImportMistakesController {
  async index(ctx: HttpContext) {
    const found = await importsOf(ctx.account).where('id', ctx.params.import_id).firstOrFail()
    await ctx.bouncer.with(ImportPolicy).authorize('show', found)
    const name = `${say('files.mistakes')}_${found.id}.csv`
    return sendCsv(ctx, name, mistakesSheet(found.problems))
  }
}
