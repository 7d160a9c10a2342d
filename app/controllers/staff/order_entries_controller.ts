import { randomBytes } from 'node:crypto'
import type { HttpContext } from '@adonisjs/core/http'
import Contract from '#models/contract'
import Order from '#models/order'
import { subjectsOf } from '#models/order/subjects'
import { windowsOf } from '#orders/dates'
import { formOf } from '#orders/form'
import { kindAsked, kinds } from '#orders/index'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'
import { orderForm, orderRequest, orderToken, subjectIds } from '#validators/order'
import { orderMessages } from '#validators/order_messages'
import { orderPaper } from '#validators/staff_order'

/** ORD-05: what customers apply for on paper, or by telephone. */
export default class OrderEntriesController {
  async create({ bouncer, request, session, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    // Who is sent back with mistakes comes without what stood in the address
    const query: Record<string, any> = { ...session.flashMessages.all(), ...request.qs() }
    const code = String(query.contract ?? '').trim()
    const contract = await Contract.findBy('code', code)
    if (!contract || !query.kind) {
      return view.render('pages/staff/order_entries/begin', { code, contract, kinds })
    }
    const kind = kindAsked(query.kind)
    const ids = await request.validateUsing(subjectIds, { data: query })
    if (kind.subject !== 'contract' && !ids[`${kind.subject}_id`]) {
      const list = await readList(query, [''])
      const subjects = await subjectsOf(kind, contract.id, list)
      return view.render('pages/staff/order_entries/subjects', { kind, contract, list, subjects })
    }
    const asked = { ...orderRequest(kind, ids), contractId: contract.id }
    const form = await formOf(kind, asked, query, 'staff')
    const details = form.mode === null ? {} : { [kind.modes!.field]: form.mode }
    return view.render('pages/staff/order_entries/create', {
      ...form,
      ids,
      windows: windowsOf(kind, { details, role: 'staff' }),
      token: randomBytes(16).toString('hex'),
    })
  }

  async store({ auth, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const kind = kindAsked(request.qs().kind)
    const contract = await Contract.findByOrFail('code', String(request.qs().contract ?? ''))
    const { token } = await request.validateUsing(orderToken)
    const { paper_reason: reason, paper_missing: missing } = await request.validateUsing(orderPaper)
    const input = await request.validateUsing(orderForm(kind), {
      messagesProvider: orderMessages(i18n, kind),
    })
    const wish = { ...orderRequest(kind, input), contractId: contract.id, kind: kind.name, token }
    const paper = { reason: reason ?? undefined, missing: missing ?? undefined }
    const order = await Order.enter(wish, auth.use('staff').getUserOrFail(), paper)
    session.flash('success', i18n.t('messages.staff.orders.entered'))
    return response.redirect().toRoute('staff.orders.show', [order.id])
  }
}
