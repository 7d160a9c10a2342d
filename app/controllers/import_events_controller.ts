import type { HttpContext } from '@adonisjs/core/http'
import { streamProgress } from '#controllers/apply_events_controller'
import { importsOf } from '#models/account/visible'
import { watchImport } from '#models/import/progress'
import ImportPolicy from '#policies/import_policy'

/** How far it is, told by the server (server-sent events). It goes on when nobody listens. */
export default class ImportEventsController {
  async show(ctx: HttpContext) {
    const found = await importsOf(ctx.account).where('id', ctx.params.import_id).firstOrFail()
    await ctx.bouncer.with(ImportPolicy).authorize('show', found)
    return streamProgress(ctx, (signal) => watchImport(found.id, signal))
  }
}
