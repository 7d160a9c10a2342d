import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import StagingChange from '#models/staging_change'
import { latestChangesOf } from '#models/staging_change/listing'
import { progressOfStaging } from '#models/staging_change/progress'
import StagingGeneration from '#models/staging_generation'
import StagingPolicy from '#policies/staging_policy'

const shownChanges = 5

/** WEB-02: a site's second side, where the next version of it is made and looked at. */
export default class StagingsController {
  async show({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('show', domain)
    const changes = await latestChangesOf(domain.id, shownChanges)
    const current = changes.find((change) => !change.isOver)
    return view.render('pages/stagings/show', {
      domain,
      server: domain.server,
      changes,
      current,
      progress: current ? await progressOfStaging(current.id) : null,
      generations: await StagingGeneration.keptOf(domain.id),
      withdrawable: await StagingChange.withdrawable(domain.id),
    })
  }
}
