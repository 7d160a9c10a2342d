import type { HttpContext } from '@adonisjs/core/http'
import { streamProgress } from '#controllers/apply_events_controller'
import { domainsOf } from '#models/account/visible'
import { zoneOfDomain } from '#models/zone/of_domain'
import { watchZone } from '#models/zone/progress'
import DomainPolicy from '#policies/domain_policy'

/** DOM-04: how far a change of a domain's DNS is, told by the server (server-sent events). */
export default class BasicDnsEventsController {
  async show(ctx: HttpContext) {
    const domain = await domainsOf(ctx.account).where('id', ctx.params.domain_id).firstOrFail()
    await ctx.bouncer.with(DomainPolicy).authorize('show', domain)
    const { id } = await zoneOfDomain(domain).firstOrFail()
    return streamProgress(ctx, (signal) => watchZone(id, signal))
  }
}
