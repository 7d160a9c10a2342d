import { randomBytes } from 'node:crypto'
import type { HttpContext } from '@adonisjs/core/http'
import { kindAsked } from '#orders/index'
import { previewOf } from '#orders/preview'
import { detailsOf } from '#orders/texts'
import OrderPolicy from '#policies/order_policy'
import { orderForm, orderRequest } from '#validators/order'
import { orderMessages } from '#validators/order_messages'

/** ORD-06: an order as it would be, with what it costs and what ends with it, before it is sent. */
export default class OrderConfirmationsController {
  async store({ account, bouncer, i18n, request, session, view }: HttpContext) {
    await bouncer.with(OrderPolicy).authorize('create')
    const kind = kindAsked(request.qs().kind)
    const input = await request.validateUsing(orderForm(kind), {
      messagesProvider: orderMessages(i18n, kind),
    })
    const wish = { ...orderRequest(kind, input), contractId: account.contractId }
    const preview = await previewOf(kind, wish, 'contractor')
    const typed = typedAgain(request.only([...Object.keys(kind.fields), 'due_on', 'work_window']))
    const token = randomBytes(16).toString('hex')
    const query = new URLSearchParams(request.qs()).toString()
    // For whoever goes back to the form
    session.flashExcept(['_csrf'])
    const details = await detailsOf(kind, preview.wish.details)
    const page = { kind, preview, details, typed, token, query }
    return view.render('pages/order_confirmations/show', page)
  }

  /** Whoever is sent back to this page gets the form, with what was wrong. */
  async show({ bouncer, request, response, session }: HttpContext) {
    await bouncer.with(OrderPolicy).authorize('create')
    session.reflash()
    const query = new URLSearchParams(request.qs()).toString()
    return response.redirect(`/orders/create?${query}`)
  }
}

/** As inputs carry it; of what is chosen many times each has one. */
function typedAgain(input: Record<string, unknown>): [string, string][] {
  return Object.entries(input).flatMap(([name, value]) => {
    if (Array.isArray(value))
      return value.map((each): [string, string] => [`${name}[]`, String(each)])
    return value === null || value === undefined ? [] : [[name, String(value)]]
  })
}
