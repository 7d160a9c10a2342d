import type { HttpContext } from '@adonisjs/core/http'
import { optionRowsOf } from '#models/option/listing'
import OrderPolicy from '#policies/order_policy'
import { readList } from '#validators/list'

/** What a contract has on top, and how it is cancelled. */
export default class OptionsController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(OrderPolicy).authorize('index')
    const list = await readList(request.qs(), [''])
    const options = await optionRowsOf(account.contractId, list.page)
    return view.render('pages/options/index', { list, options })
  }
}
