import type { HttpContext } from '@adonisjs/core/http'
import { AddressPool } from '#models/address_pool'
import { readRange, type AddressRange } from '#models/address_pool/range'
import ComputeNode from '#models/compute_node'
import StaffPolicy from '#policies/staff_policy'
import { chosenAddresses, newAddresses } from '#validators/address_pool'

/** NET-01: into a node's pool, and out of it. */
export default class PoolAddressesController {
  async store(ctx: HttpContext) {
    const { bouncer, params, request } = ctx
    const node = await ComputeNode.findOrFail(params.address_pool_id)
    await bouncer.with(StaffPolicy).authorize('decide')
    const { address_range: typed } = await request.validateUsing(newAddresses)
    const range = readRange(typed) as AddressRange
    const count = await new AddressPool(node).add(range, actOf(ctx))
    return backToPool(ctx, node, 'addresses_added', count)
  }

  async destroy(ctx: HttpContext) {
    const { bouncer, params, request } = ctx
    const node = await ComputeNode.findOrFail(params.address_pool_id)
    await bouncer.with(StaffPolicy).authorize('decide')
    const { addresses } = await request.validateUsing(chosenAddresses)
    const count = await new AddressPool(node).remove(addresses, actOf(ctx))
    return backToPool(ctx, node, 'addresses_removed', count)
  }
}

export function actOf({ auth, request }: HttpContext) {
  return { staff: auth.use('staff').getUserOrFail(), ip: request.ip() }
}

export function backToPool(ctx: HttpContext, node: ComputeNode, said: string, count: number) {
  ctx.session.flash('success', ctx.i18n.t(`messages.staff.${said}`, { count, node: node.name }))
  return ctx.response.redirect().toRoute('staff.address_pools.show', [node.id])
}
