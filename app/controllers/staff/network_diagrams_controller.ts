import type { HttpContext } from '@adonisjs/core/http'
import Contract from '#models/contract'
import { networkDiagramOf } from '#models/network_diagram'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'

/** NET-04: the same picture for staff. */
export default class NetworkDiagramsController {
  async show({ bouncer, params, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const contract = await Contract.findOrFail(params.contract_id)
    const list = await readList(request.qs(), [''])
    const diagram = await networkDiagramOf(contract.id, list.page)
    const page = { ...diagram, list, contract, base: '/staff/servers' }
    return view.render('pages/staff/network_diagrams/show', page)
  }
}
