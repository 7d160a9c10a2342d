import type { HttpContext } from '@adonisjs/core/http'
import { staffAuthor } from '#middleware/staff_author'
import ComputeNode from '#models/compute_node'
import { capacitiesOf, whyNoRoom } from '#models/compute_node/capacity'
import { serversOn } from '#models/compute_node/listing'
import StaffPolicy from '#policies/staff_policy'
import { computeNodeEdit } from '#validators/compute_node'
import { readList } from '#validators/list'

/** OPS-07: where servers run, and what is left there. */
export default class ComputeNodesController {
  async index({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const nodes = await ComputeNode.query().orderBy('name')
    return view.render('pages/staff/compute_nodes/index', {
      nodes,
      capacities: await capacitiesOf(nodes),
      whyNoRoom,
    })
  }

  async show({ bouncer, params, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const node = await ComputeNode.findOrFail(params.id)
    const list = await readList(request.qs(), ['name'])
    const capacities = await capacitiesOf([node])
    return view.render('pages/staff/compute_nodes/show', {
      ...{ node, list, capacity: capacities.get(node.id), whyNoRoom },
      servers: await serversOn(node.id, list.page),
    })
  }

  async edit({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const node = await ComputeNode.findOrFail(params.id)
    return view.render('pages/staff/compute_nodes/edit', { node })
  }

  async update(ctx: HttpContext) {
    const { bouncer, i18n, params, request, response, session } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const node = await ComputeNode.findOrFail(params.id)
    const { accepts_servers: accepts, memory_percent: memoryPercent } =
      await request.validateUsing(computeNodeEdit)
    await node.amend({ acceptsServers: accepts === 'yes', memoryPercent }, staffAuthor(ctx))
    session.flash('success', i18n.t('messages.staff.compute_node_saved'))
    return response.redirect().toRoute('staff.compute_nodes.show', [node.id])
  }
}
