import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import StagingChange from '#models/staging_change'
import { changesOf } from '#models/staging_change/listing'
import { progressOfStaging } from '#models/staging_change/progress'
import StagingPolicy from '#policies/staging_policy'
import { readList } from '#validators/list'

/** WEB-02: who did what with the two sides, and what became of it. */
export default class StagingChangesController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('show', domain)
    const list = await readList(request.qs(), [''])
    const page = await changesOf(domain.id, list.page)
    return view.render('pages/staging_changes/index', {
      domain,
      server: domain.server,
      list,
      page,
      changes: page.rows,
    })
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('show', domain)
    const change = await StagingChange.query()
      .where({ id: params.change_id, domainId: domain.id })
      .firstOrFail()
    return view.render('pages/staging_changes/show', {
      domain,
      server: domain.server,
      change,
      progress: await progressOfStaging(change.id),
      withdrawable: await StagingChange.withdrawable(domain.id),
    })
  }
}

/** Where everything leads that somebody began. */
export function showStagingChange({ response }: HttpContext, change: StagingChange) {
  return response.redirect().toRoute('staging_changes.show', [change.domainId, change.id])
}
