import type { HttpContext } from '@adonisjs/core/http'
import { streamProgress } from '#controllers/apply_events_controller'
import { domainsOf } from '#models/account/visible'
import ContentSync from '#models/content_sync'
import { watchSync } from '#models/content_sync/progress'
import ContentSyncPolicy from '#policies/content_sync_policy'

/** WEB-08: how far it is, told by the server (server-sent events). It goes on when nobody listens. */
export default class ContentSyncEventsController {
  async show(ctx: HttpContext) {
    const domain = await domainsOf(ctx.account).where('id', ctx.params.domain_id).firstOrFail()
    await ctx.bouncer.with(ContentSyncPolicy).authorize('show', domain)
    const sync = await ContentSync.of(domain.id, ctx.params.content_sync_id)
    return streamProgress(ctx, (signal) => watchSync(sync.id, signal))
  }
}
