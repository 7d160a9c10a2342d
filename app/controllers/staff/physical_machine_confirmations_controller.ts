import type { HttpContext } from '@adonisjs/core/http'
import { staffAuthor } from '#middleware/staff_author'
import PhysicalMachine from '#models/physical_machine'
import StaffPolicy from '#policies/staff_policy'
import { machineConfirmation } from '#validators/physical_machine'

/** SRV-02: somebody has compared the key: it is pinned, and the machine is in stock. */
export default class PhysicalMachineConfirmationsController {
  async store(ctx: HttpContext) {
    const { bouncer, i18n, params, request, response, session } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const machine = await PhysicalMachine.findOrFail(params.physical_machine_id)
    const typed = await request.validateUsing(machineConfirmation)
    const acceptsLess = typed.accepts_less !== undefined
    await machine.confirm(typed.fingerprint, acceptsLess, staffAuthor(ctx))
    session.flash('success', i18n.t('messages.staff.physical_machines.in_stock'))
    return response.redirect().toRoute('staff.physical_machines.show', [machine.id])
  }
}
