import type { HttpContext } from '@adonisjs/core/http'
import { showStagingChange } from '#controllers/staging_changes_controller'
import { domainsOf } from '#models/account/visible'
import StagingChange from '#models/staging_change'
import StagingGeneration from '#models/staging_generation'
import StagingPolicy from '#policies/staging_policy'
import { stagingChange } from '#validators/staging'

/** WEB-02: a copy that was kept comes back to staging, where it can be looked at and swapped. */
export default class StagingRestoresController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const generation = await StagingGeneration.keptBy(domain.id, params.generation_id)
    return view.render('pages/staging_restores/create', {
      domain,
      server: domain.server,
      generation,
      seen: await StagingChange.lastIdOf(domain.id),
    })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const generation = await StagingGeneration.keptBy(domain.id, params.generation_id)
    const { seen } = await request.validateUsing(stagingChange)
    const wish = { kind: 'restore', seen, generationId: generation.id } as const
    const change = await StagingChange.begin(domain, wish, { by: account, ip: request.ip() })
    return showStagingChange(ctx, change)
  }
}
