import type { HttpContext } from '@adonisjs/core/http'
import Announcement from '#models/announcement'
import { contractCount, mailCounts } from '#models/announcement/mailing'
import { pageOf } from '#models/page'
import StaffPolicy from '#policies/staff_policy'
import { announcement as fields, readAnnouncement } from '#validators/announcement'
import { readList } from '#validators/list'

/** OPS-07: news, maintenance notices and troubles: written as drafts, looked at, then published. */
export default class AnnouncementsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['-id'])
    const page = await pageOf<Announcement>(Announcement.query().orderBy('id', 'desc'), list.page)
    return view.render('pages/staff/announcements/index', { list, announcements: page })
  }

  async create({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('announce')
    return view.render('pages/staff/announcements/create', { announcement: new Announcement() })
  }

  async store({ auth, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('announce')
    const text = readAnnouncement(await request.validateUsing(fields))
    const announcement = await Announcement.write(text, auth.use('staff').getUserOrFail())
    session.flash('success', i18n.t('messages.announcements.written'))
    return response.redirect().toRoute('staff.announcements.show', [announcement.id])
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const query = Announcement.query().where('id', params.id).preload('targets')
    const announcement = await query.firstOrFail()
    const contracts = await contractCount(announcement)
    const mails = await mailCounts(announcement.id)
    return view.render('pages/staff/announcements/show', { announcement, contracts, mails })
  }

  async edit({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('announce')
    const query = Announcement.query().where('id', params.id).whereNull('publishedAt')
    const announcement = await query.preload('targets').firstOrFail()
    return view.render('pages/staff/announcements/edit', { announcement })
  }

  async update({ bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('announce')
    const announcement = await Announcement.findOrFail(params.id)
    await announcement.rewrite(readAnnouncement(await request.validateUsing(fields)))
    session.flash('success', i18n.t('messages.announcements.saved'))
    return response.redirect().toRoute('staff.announcements.show', [announcement.id])
  }

  async destroy({ bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('announce')
    const announcement = await Announcement.findOrFail(params.id)
    await announcement.discard()
    session.flash('success', i18n.t('messages.announcements.discarded'))
    return response.redirect().toRoute('staff.announcements.index')
  }
}
