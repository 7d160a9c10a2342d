import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf, namesakesOf } from '#models/account/visible'
import ContentSync from '#models/content_sync'
import { latestSyncsOf } from '#models/content_sync/listing'
import { progressOfSync } from '#models/content_sync/progress'
import ContentSyncSchedule from '#models/content_sync_schedule'
import StagingChange from '#models/staging_change'
import { publicSideOf } from '#monitoring/staging'
import ContentSyncPolicy from '#policies/content_sync_policy'
import { contentSyncQuestion, newContentSync } from '#validators/content_sync'

/** WEB-08: what is public here is replaced by what is public on another server that has the same domain. */
export default class ContentSyncsController {
  async index({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentSyncPolicy).authorize('show', domain)
    const syncs = await latestSyncsOf(domain.id)
    return view.render('pages/content_syncs/index', {
      domain,
      server: domain.server,
      syncs,
      others: await namesakesOf(account, domain),
      schedules: await ContentSyncSchedule.around(domain.id),
    })
  }

  async create({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentSyncPolicy).authorize('change', domain)
    const { source_id: sourceId } = await request.validateUsing(contentSyncQuestion)
    const others = await namesakesOf(account, domain)
    const source = others.find(({ id }) => id === sourceId) ?? others[0] ?? null
    const seen = await StagingChange.lastIdOf(domain.id)
    const sides = source && (await Promise.all([source, domain].map(publicSideOf)))
    const server = domain.server
    return view.render('pages/content_syncs/create', { domain, server, source, seen, sides })
  }

  async store({ account, bouncer, params, request, response }: HttpContext) {
    const target = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentSyncPolicy).authorize('change', target)
    const { source_id: sourceId, seen } = await request.validateUsing(newContentSync)
    const source = await domainsOf(account).where('id', sourceId).firstOrFail()
    const actor = { by: account, ip: request.ip() }
    const sync = await ContentSync.begin({ source, target }, seen, actor)
    return response.redirect().toRoute('content_syncs.show', [target.id, sync.id])
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentSyncPolicy).authorize('show', domain)
    const sync = await ContentSync.of(domain.id, params.content_sync_id)
    return view.render('pages/content_syncs/show', {
      domain,
      server: domain.server,
      sync,
      progress: await progressOfSync(sync.id),
    })
  }
}
