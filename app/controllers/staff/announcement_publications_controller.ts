import type { HttpContext } from '@adonisjs/core/http'
import Announcement from '#models/announcement'
import StaffPolicy from '#policies/staff_policy'

/** OPS-07: customers read it from now on, or no more. */
export default class AnnouncementPublicationsController {
  async store({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('announce')
    const announcement = await Announcement.findOrFail(params.announcement_id)
    await announcement.publish({ staff: auth.use('staff').getUserOrFail(), ip: request.ip() })
    session.flash('success', i18n.t('messages.announcements.published'))
    return response.redirect().toRoute('staff.announcements.show', [announcement.id])
  }

  async destroy({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('announce')
    const announcement = await Announcement.findOrFail(params.announcement_id)
    await announcement.withdraw({ staff: auth.use('staff').getUserOrFail(), ip: request.ip() })
    session.flash('success', i18n.t('messages.announcements.withdrawn'))
    return response.redirect().toRoute('staff.announcements.show', [announcement.id])
  }
}
