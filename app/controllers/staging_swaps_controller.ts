import type { HttpContext } from '@adonisjs/core/http'
import { showStagingChange } from '#controllers/staging_changes_controller'
import { domainsOf } from '#models/account/visible'
import StagingChange from '#models/staging_change'
import { sidesOf } from '#monitoring/staging'
import StagingPolicy from '#policies/staging_policy'
import { stagingSwap } from '#validators/staging'

/** WEB-02: staging becomes public, and what was public goes to staging; the same again takes it back. */
export default class StagingSwapsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    // Before it is asked what lies there: what comes later was not seen.
    const seen = await StagingChange.lastIdOf(domain.id)
    const sides = await sidesOf(domain)
    return view.render('pages/staging_swaps/create', {
      domain,
      server: domain.server,
      seen,
      sides,
      isEmpty: sides.value?.['html.stage'].files === 0 && sides.value['html.stage'].isComplete,
    })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const { seen, copies_first: wanted = false } = await request.validateUsing(stagingSwap)
    const copiesFirst = wanted && domain.stagingGenerations > 0
    const actor = { by: account, ip: request.ip() }
    const change = await StagingChange.begin(domain, { kind: 'swap', seen, copiesFirst }, actor)
    return showStagingChange(ctx, change)
  }
}
