import type { HttpContext } from '@adonisjs/core/http'
import { streamProgress } from '#controllers/apply_events_controller'
import { domainsOf } from '#models/account/visible'
import TamperLook from '#models/tamper_look'
import { watchLook } from '#models/tamper_look/progress'
import TamperPolicy from '#policies/tamper_policy'

/** How far it is, told by the server (server-sent events). It goes on when nobody listens. */
export default class TamperLookEventsController {
  async show(ctx: HttpContext) {
    const domain = await domainsOf(ctx.account).where('id', ctx.params.domain_id).firstOrFail()
    await ctx.bouncer.with(TamperPolicy).authorize('show', domain)
    const look = await TamperLook.query()
      .where({ id: ctx.params.look_id, domainId: domain.id })
      .select('id')
      .firstOrFail()
    return streamProgress(ctx, (signal) => watchLook(look.id, signal))
  }
}
