import type { HttpContext } from '@adonisjs/core/http'
import PhysicalMachine from '#models/physical_machine'
import StaffPolicy from '#policies/staff_policy'

/** SRV-02: the panel connects and looks, again where it has before. */
export default class PhysicalMachineLooksController {
  async store({ bouncer, params, response }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const machine = await PhysicalMachine.findOrFail(params.physical_machine_id)
    await machine.requestLook()
    return response.redirect().toRoute('staff.physical_machines.show', [machine.id])
  }
}
