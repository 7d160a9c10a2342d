import type { HttpContext } from '@adonisjs/core/http'
import { streamProgress } from '#controllers/apply_events_controller'
import { domainsOf } from '#models/account/visible'
import StagingChange from '#models/staging_change'
import { watchStaging } from '#models/staging_change/progress'
import StagingPolicy from '#policies/staging_policy'

/** How far it is, told by the server (server-sent events). It goes on when nobody listens. */
export default class StagingChangeEventsController {
  async show(ctx: HttpContext) {
    const domain = await domainsOf(ctx.account).where('id', ctx.params.domain_id).firstOrFail()
    await ctx.bouncer.with(StagingPolicy).authorize('show', domain)
    const change = await StagingChange.query()
      .where({ id: ctx.params.change_id, domainId: domain.id })
      .firstOrFail()
    return streamProgress(ctx, (signal) => watchStaging(change.id, signal))
  }
}
