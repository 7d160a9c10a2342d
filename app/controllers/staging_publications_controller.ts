import type { HttpContext } from '@adonisjs/core/http'
import { showStagingChange } from '#controllers/staging_changes_controller'
import { Refusal } from '#exceptions/refusals'
import { domainsOf } from '#models/account/visible'
import StagingChange from '#models/staging_change'
import { differencesOf } from '#monitoring/staging'
import StagingPolicy from '#policies/staging_policy'
import { readPlace, stagingPublication } from '#validators/staging'

/** WEB-02: some of what is on staging becomes public, and the rest stays as it is. */
export default class StagingPublicationsController {
  async create({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const seen = await StagingChange.lastIdOf(domain.id)
    const below = await readPlace(request.qs())
    const differences = await differencesOf(domain, below)
    return view.render('pages/staging_publications/create', {
      domain,
      server: domain.server,
      seen,
      below: below ? Buffer.from(below, 'base64url').toString() : null,
      differences,
    })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const input = await request.validateUsing(stagingPublication)
    const { seen, removed = [] } = input
    const chosen = [...(input.chosen ?? []), ...removed]
    if (chosen.length === 0) throw new Refusal('nothing_chosen_to_publish')
    if (removed.length > 0 && !input.confirms_removal) {
      throw new Refusal('removal_is_not_confirmed', 'confirms_removal')
    }
    const actor = { by: account, ip: request.ip() }
    const change = await StagingChange.begin(domain, { kind: 'publish', seen, chosen }, actor)
    return showStagingChange(ctx, change)
  }
}
