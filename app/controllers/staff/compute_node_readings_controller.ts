import type { HttpContext } from '@adonisjs/core/http'
import ComputeNode from '#models/compute_node'
import StaffPolicy from '#policies/staff_policy'

/** SRV-01: what a node has left is read anew. */
export default class ComputeNodeReadingsController {
  async store({ bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('converge')
    const node = await ComputeNode.findOrFail(params.compute_node_id)
    if (node.driver !== 'adopted') await node.requestReading()
    session.flash('success', i18n.t('messages.staff.compute_node_reading'))
    return response.redirect().toRoute('staff.compute_nodes.show', [node.id])
  }
}
