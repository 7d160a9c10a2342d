import type { HttpContext } from '@adonisjs/core/http'
import { showStagingChange } from '#controllers/staging_changes_controller'
import { domainsOf } from '#models/account/visible'
import StagingChange from '#models/staging_change'
import { sidesOf } from '#monitoring/staging'
import StagingPolicy from '#policies/staging_policy'
import { stagingChange } from '#validators/staging'

/** WEB-02: staging begins anew, as a copy of what is public. */
export default class StagingRefreshesController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const seen = await StagingChange.lastIdOf(domain.id)
    const sides = await sidesOf(domain)
    return view.render('pages/staging_refreshes/create', {
      domain,
      server: domain.server,
      seen,
      sides,
    })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const { seen } = await request.validateUsing(stagingChange)
    const actor = { by: account, ip: request.ip() }
    return showStagingChange(
      ctx,
      await StagingChange.begin(domain, { kind: 'refresh', seen }, actor)
    )
  }
}
