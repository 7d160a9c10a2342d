import type { HttpContext } from '@adonisjs/core/http'
import { addressRows, addressStates, poolRows } from '#models/address_pool/listing'
import ComputeNode from '#models/compute_node'
import StaffPolicy from '#policies/staff_policy'
import { readAddressList } from '#validators/address_pool'

/** NET-01, OPT-03: the addresses that servers get, node by node. */
export default class AddressPoolsController {
  async index({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    return view.render('pages/staff/address_pools/index', { pools: await poolRows() })
  }

  async show({ bouncer, params, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const node = await ComputeNode.query().where('id', params.id).whereNotNull('cidr').firstOrFail()
    const list = await readAddressList(request.qs())
    const [pool] = await poolRows(node.id)
    return view.render('pages/staff/address_pools/show', {
      ...{ node, pool, list, states: addressStates },
      addresses: await addressRows(node.id, list),
    })
  }
}
