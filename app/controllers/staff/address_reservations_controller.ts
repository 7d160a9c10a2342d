import type { HttpContext } from '@adonisjs/core/http'
import { actOf, backToPool } from '#controllers/staff/pool_addresses_controller'
import { AddressPool } from '#models/address_pool'
import ComputeNode from '#models/compute_node'
import StaffPolicy from '#policies/staff_policy'
import { chosenAddresses, reservation } from '#validators/address_pool'

/** NET-01: addresses that staff keep for something, and give to the servers again. */
export default class AddressReservationsController {
  async store(ctx: HttpContext) {
    const { bouncer, params, request } = ctx
    const node = await ComputeNode.findOrFail(params.address_pool_id)
    await bouncer.with(StaffPolicy).authorize('decide')
    const { addresses, reserved_for: what } = await request.validateUsing(reservation)
    const count = await new AddressPool(node).reserve(addresses, what, actOf(ctx))
    return backToPool(ctx, node, 'addresses_reserved', count)
  }

  async destroy(ctx: HttpContext) {
    const { bouncer, params, request } = ctx
    const node = await ComputeNode.findOrFail(params.address_pool_id)
    await bouncer.with(StaffPolicy).authorize('decide')
    const { addresses } = await request.validateUsing(chosenAddresses)
    const count = await new AddressPool(node).release(addresses, actOf(ctx))
    return backToPool(ctx, node, 'addresses_released', count)
  }
}
