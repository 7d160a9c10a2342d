import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { staffAuthor } from '#middleware/staff_author'
import Order from '#models/order'
import { staffMember } from '#models/order/author'
import PhysicalMachine from '#models/physical_machine'
import { assignToOrder } from '#models/physical_machine/assignment'
import { machinesInStock } from '#models/physical_machine/listing'
import StaffPolicy from '#policies/staff_policy'
import { machineAssignment } from '#validators/physical_machine'

/** SRV-02: which machine of the stock an order gets. */
export default class OrderMachinesController {
  async create({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.query().where('id', params.order_id).preload('contract').firstOrFail()
    const machines = await machinesInStock(String(order.facts.plan))
    return view.render('pages/staff/order_machines/create', { order, machines })
  }

  async store(ctx: HttpContext) {
    const { auth, bouncer, i18n, params, request, response, session } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const order = await Order.findOrFail(params.order_id)
    const { machine_id: id } = await request.validateUsing(machineAssignment)
    const machine = await PhysicalMachine.find(id)
    if (!machine) throw new Refusal('machine_is_not_in_stock', 'machine_id')
    const author = staffMember(auth.use('staff').getUserOrFail())
    await assignToOrder(machine.id, order, author, staffAuthor(ctx))
    session.flash('success', i18n.t('messages.staff.physical_machines.assigned'))
    return response.redirect().toRoute('staff.orders.show', [order.id])
  }
}
