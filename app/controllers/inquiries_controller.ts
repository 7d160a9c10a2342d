import type { HttpContext } from '@adonisjs/core/http'
import { inquiriesPerHour } from '#config/support'
import limiter from '@adonisjs/limiter/services/main'
import { inquiriesOf, serversOf } from '#models/account/visible'
import ContractProfile from '#models/contract_profile'
import Inquiry from '#models/inquiry'
import { inquiryRowsOf } from '#models/inquiry/listing'
import InquiryPolicy from '#policies/inquiry_policy'
import { newInquiry } from '#validators/inquiry'
import { readList } from '#validators/list'

/** ORD-08: what customers ask the provider through the panel. */
export default class InquiriesController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(InquiryPolicy).authorize('index')
    const list = await readList(request.qs(), ['-id'])
    const inquiries = await inquiryRowsOf(account, list.page)
    return view.render('pages/inquiries/index', { list, inquiries })
  }

  async create({ account, bouncer, view }: HttpContext) {
    await bouncer.with(InquiryPolicy).authorize('create')
    const known = account.isContractor ? await ContractProfile.mailOf(account.contractId) : null
    return view.render('pages/inquiries/create', {
      contactMail: known ?? (account.isContractor ? '' : account.login),
      servers: await serversOf(account).orderBy('name'),
    })
  }

  async store({ account, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(InquiryPolicy).authorize('create')
    const typed = await request.validateUsing(newInquiry)
    const server = typed.inquiry_server
      ? await serversOf(account).where('id', typed.inquiry_server).firstOrFail()
      : null
    const limited = limiter.use({ requests: inquiriesPerHour, duration: '1 hour' })
    await limited.consume(`inquiry:${account.id}`)
    const { inquiry_subject: subject, inquiry_body: body, contact_mail: replyTo } = typed
    const inquiry = await Inquiry.ask({ subject, body, replyTo, serverId: server?.id }, account)
    session.flash('success', i18n.t('messages.inquiries.sent', { id: inquiry.id }))
    return response.redirect().toRoute('inquiries.show', [inquiry.id])
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const inquiry = await inquiriesOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(InquiryPolicy).authorize('show', inquiry)
    return view.render('pages/inquiries/show', { inquiry })
  }
}
