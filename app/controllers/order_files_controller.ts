import type { HttpContext } from '@adonisjs/core/http'
import { sendFile } from '#controllers/staff/order_files_controller'
import { ordersOf } from '#models/account/visible'
import OrderFile from '#models/order_file'
import OrderPolicy from '#policies/order_policy'

/** ORD-06: papers of an order that are meant for the customer. */
export default class OrderFilesController {
  async show({ account, bouncer, params, response }: HttpContext) {
    const order = await ordersOf(account).where('id', params.order_id).firstOrFail()
    await bouncer.with(OrderPolicy).authorize('show', order)
    const own = { id: params.id, orderId: order.id, isInternal: false }
    const file = await OrderFile.query().where(own).firstOrFail()
    return sendFile(response, file)
  }
}
