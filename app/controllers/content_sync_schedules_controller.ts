import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf, namesakesOf } from '#models/account/visible'
import ContentSyncSchedule from '#models/content_sync_schedule'
import { syncIntervals } from '#models/content_sync_schedule/times'
import ContentSyncPolicy from '#policies/content_sync_policy'
import { contentSyncSchedule } from '#validators/content_sync'

/** WEB-08: when what is public here is taken over from another server by the clock. */
export default class ContentSyncSchedulesController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentSyncPolicy).authorize('change', domain)
    return view.render('pages/content_sync_schedules/edit', {
      domain,
      server: domain.server,
      syncIntervals,
      others: await namesakesOf(account, domain),
      schedule: await ContentSyncSchedule.findBy('targetDomainId', domain.id),
    })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const target = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentSyncPolicy).authorize('change', target)
    const input = await request.validateUsing(contentSyncSchedule)
    const source = await domainsOf(account).where('id', input.source_id).firstOrFail()
    const times = { everyHours: input.every_hours, atMinute: input.at }
    const actor = { by: account, ip: request.ip() }
    await ContentSyncSchedule.set({ source, target }, times, actor)
    session.flash('success', i18n.t('messages.content_sync.scheduled'))
    return response.redirect().toRoute('content_syncs.index', [target.id])
  }

  async destroy({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const target = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentSyncPolicy).authorize('change', target)
    await ContentSyncSchedule.stop(target, { by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.content_sync.unscheduled'))
    return response.redirect().toRoute('content_syncs.index', [target.id])
  }
}
