import type { HttpContext } from '@adonisjs/core/http'
import { ordersOf } from '#models/account/visible'
import Order from '#models/order'
import OrderFile from '#models/order_file'
import { historyOf } from '#models/order/history'
import { orderRowsOf, orderSorts } from '#models/order/listing'
import { isUnderWay, progressOfOrder } from '#models/order/progress'
import { openProposal } from '#models/order/proposing'
import { subjectsOf } from '#models/order/subjects'
import { endingsOf } from '#orders/ending'
import { formOf } from '#orders/form'
import { kindAsked } from '#orders/index'
import { detailsOf } from '#orders/texts'
import type { OrderKind } from '#orders/kind'
import OrderPolicy from '#policies/order_policy'
import { readList } from '#validators/list'
import { orderForm, orderRequest, orderToken, subjectIds } from '#validators/order'
import { orderMessages } from '#validators/order_messages'

/** ORD-06: orders of a contractor. */
export default class OrdersController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(OrderPolicy).authorize('index')
    const list = await readList(request.qs(), orderSorts)
    const isOpen = request.qs().state === 'open'
    const orders = await orderRowsOf(account, list, isOpen)
    return view.render('pages/orders/index', { list, orders, isOpen })
  }

  async create({ account, bouncer, request, response, view }: HttpContext) {
    await bouncer.with(OrderPolicy).authorize('create')
    const kind = kindAsked(request.qs().kind)
    if (kind.door === 'form') return response.redirect(`/orders/paper?kind=${kind.name}`)
    const ids = await request.validateUsing(subjectIds)
    if (!isAbout(kind, ids)) {
      const list = await readList(request.qs(), [''])
      const subjects = await subjectsOf(kind, account.contractId, list)
      return view.render('pages/orders/subjects', { kind, list, subjects })
    }
    const asked = { ...orderRequest(kind, ids), contractId: account.contractId }
    const form = await formOf(kind, asked, request.qs())
    return view.render('pages/orders/create', form)
  }

  async store({ account, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(OrderPolicy).authorize('create')
    const kind = kindAsked(request.qs().kind)
    const { token } = await request.validateUsing(orderToken)
    const input = await request.validateUsing(orderForm(kind), {
      messagesProvider: orderMessages(i18n, kind),
    })
    const wish = { ...orderRequest(kind, input), contractId: account.contractId }
    const order = await Order.place({ ...wish, kind: kind.name, token }, account)
    session.flash('success', i18n.t('messages.orders.placed'))
    return response.redirect().toRoute('orders.show', [order.id])
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const query = ordersOf(account).where('id', params.id)
    const order = await query.preload('contract').firstOrFail()
    await bouncer.with(OrderPolicy).authorize('show', order)
    const [history, proposal] = [await historyOf(order.id), await openProposal(order.id)]
    const files = await OrderFile.query().where({ orderId: order.id, isInternal: false })
    const progress = isUnderWay(order) ? await progressOfOrder(order.id) : null
    const ends = await endingsOf(order)
    const details = await detailsOf(order.rules, order.facts)
    const page = { order, details, history, proposal, files, progress, ends }
    return view.render('pages/orders/show', page)
  }
}

type Ids = Awaited<ReturnType<typeof subjectIds.validate>>

function isAbout({ subject }: OrderKind, ids: Ids) {
  if (subject === 'contract') return true
  return ids[`${subject}_id`] !== undefined
}
