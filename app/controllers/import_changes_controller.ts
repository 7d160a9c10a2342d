import type { HttpContext } from '@adonisjs/core/http'
import { streamCsv } from '#controllers/sheets_controller'
import { importsOf } from '#models/account/visible'
import { changesSheet } from '#models/import/changes_sheet'
import { say } from '#models/sheet/words'
import ImportPolicy from '#policies/import_policy'

/** USR-06: everything that a file changes, to be looked through before it is confirmed. */
export default class ImportChangesController {
  async index(ctx: HttpContext) {
    const found = await importsOf(ctx.account).where('id', ctx.params.import_id).firstOrFail()
    await ctx.bouncer.with(ImportPolicy).authorize('show', found)
    const name = `${say('files.changes')}_${found.id}.csv`
    return streamCsv(ctx, name, changesSheet(found.kind, found.allChanges()))
  }
}
