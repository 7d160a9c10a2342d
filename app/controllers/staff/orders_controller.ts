import type { HttpContext } from '@adonisjs/core/http'
import { poolsOf } from '#models/address_pool/listing'
import Order from '#models/order'
import OrderFile from '#models/order_file'
import { fullHistoryOf } from '#models/order/full_history'
import { openProposal } from '#models/order/proposing'
import { marksOf, openCounts, ordersFound, staffOrders } from '#models/order/staff_listing'
import { providerCalendar } from '#orders/calendar'
import { windowsOf } from '#orders/dates'
import { detailsOf, stepsOf } from '#orders/texts'
import { kinds } from '#orders/index'
import StaffPolicy from '#policies/staff_policy'
import { placeText, readQueue } from '#validators/staff_order'

/** ORD-06: what is to be done for all contracts, what is due first on top. */
export default class OrdersController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const filter = readQueue(request.qs())
    const calendar = await providerCalendar()
    const orders = await (filter.q === ''
      ? staffOrders(filter, calendar)
      : ordersFound(filter.q, calendar))
    return view.render('pages/staff/orders/index', {
      ...{ filter, orders, kinds },
      counts: await openCounts(),
      next: orders.next && placeText(orders.next),
    })
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const order = await Order.query().where('id', params.id).preload('contract').firstOrFail()
    return view.render('pages/staff/orders/show', {
      order,
      details: await detailsOf(order.rules, order.facts),
      steps: stepsOf(order),
      marks: marksOf(rowOf(order), await providerCalendar()),
      history: await fullHistoryOf(order.id),
      files: await OrderFile.query().where('orderId', order.id).orderBy('id'),
      proposal: await openProposal(order.id),
      pools: await poolsOf(order),
      windows: windowsOf(order.rules, { details: order.facts, role: 'staff' }),
    })
  }
}

/** To the page that shows what became of it. */
export function backToOrder({ i18n, response, session }: HttpContext, { id }: Order, said: string) {
  session.flash('success', i18n.t(`messages.staff.orders.${said}`))
  return response.redirect().toRoute('staff.orders.show', [id])
}

function rowOf({ kind, state, dueOn, dueAt, dueChosen, workWindow }: Order) {
  const due = { due_on: dueOn, due_at: dueAt?.toJSDate() ?? null, due_chosen: dueChosen }
  return { kind, state, ...due, work_window: workWindow }
}
