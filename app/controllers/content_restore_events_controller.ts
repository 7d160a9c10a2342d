import type { HttpContext } from '@adonisjs/core/http'
import { streamProgress } from '#controllers/apply_events_controller'
import { domainsOf } from '#models/account/visible'
import ContentRestore from '#models/content_restore'
import { watchRestore } from '#models/content_restore/progress'
import ContentBackupPolicy from '#policies/content_backup_policy'

/** How far it is, told by the server (server-sent events). It goes on when nobody listens. */
export default class ContentRestoreEventsController {
  async show(ctx: HttpContext) {
    const domain = await domainsOf(ctx.account).where('id', ctx.params.domain_id).firstOrFail()
    await ctx.bouncer.with(ContentBackupPolicy).authorize('show', domain)
    const restore = await ContentRestore.query()
      .where({ id: ctx.params.restore_id, domainId: domain.id })
      .firstOrFail()
    return streamProgress(ctx, (signal) => watchRestore(restore.id, signal))
  }
}
