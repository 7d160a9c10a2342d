import type { HttpContext } from '@adonisjs/core/http'
import { backToOrder } from '#controllers/staff/orders_controller'
import Order from '#models/order'
import OrderFile from '#models/order_file'
import StaffPolicy from '#policies/staff_policy'
import { newOrderFile } from '#validators/staff_order'

/** ORD-06: papers that belong to an order. */
export default class OrderFilesController {
  async store(ctx: HttpContext) {
    const { auth, bouncer, params, request } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.findOrFail(params.order_id)
    const { order_file: file, file_for: reader } = await request.validateUsing(newOrderFile)
    const upload = { name: file.clientName, path: file.tmpPath!, isInternal: reader === 'staff' }
    await OrderFile.add(order, upload, auth.use('staff').getUserOrFail())
    return backToOrder(ctx, order, 'file_added')
  }

  /** Never shown by a browser as a page of the panel. */
  async show({ bouncer, params, response }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const file = await OrderFile.findOrFail(params.id)
    return sendFile(response, file)
  }
}

/** As what it is nobody knows: browsers save it, whatever is in it. */
export async function sendFile(response: HttpContext['response'], file: OrderFile) {
  response.header('Content-Type', 'application/octet-stream')
  response.header('X-Content-Type-Options', 'nosniff')
  const name = encodeURIComponent(file.name).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
  )
  response.header('Content-Disposition', `attachment; filename="file"; filename*=UTF-8''${name}`)
  return response.send(await file.content())
}
