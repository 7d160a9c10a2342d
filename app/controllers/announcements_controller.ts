import type { HttpContext } from '@adonisjs/core/http'
import {
  announcementRowsFor,
  announcementsOf,
  serversConcerned,
} from '#models/announcement/reading'
import AccountPolicy from '#policies/account_policy'
import { readList } from '#validators/list'

/** OPS-07: what the provider tells him, as far as it is about him. */
export default class AnnouncementsController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(AccountPolicy).authorize('readAnnouncements')
    const list = await readList(request.qs(), ['-id'])
    const announcements = await announcementRowsFor(account, list.page)
    return view.render('pages/announcements/index', { list, announcements })
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    await bouncer.with(AccountPolicy).authorize('readAnnouncements')
    const announcement = await announcementsOf(account).where('id', params.id).firstOrFail()
    const servers = await serversConcerned(account, announcement)
    return view.render('pages/announcements/show', { announcement, servers })
  }
}
