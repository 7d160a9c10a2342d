import type { HttpContext } from '@adonisjs/core/http'
import Inquiry from '#models/inquiry'
import { allInquiryRows } from '#models/inquiry/listing'
import Server from '#models/server'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'

/** ORD-08: what customers of all contracts ask. */
export default class InquiriesController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['waiting', 'answered'])
    const inquiries = await allInquiryRows(list.page, list.sort === 'answered')
    return view.render('pages/staff/inquiries/index', { list, inquiries })
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const inquiry = await Inquiry.query().where('id', params.id).preload('contract').firstOrFail()
    const server = inquiry.serverId === null ? null : await Server.find(inquiry.serverId)
    return view.render('pages/staff/inquiries/show', { inquiry, server })
  }
}
