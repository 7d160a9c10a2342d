import type { HttpContext } from '@adonisjs/core/http'
import { staffAuthor } from '#middleware/staff_author'
import Contract from '#models/contract'
import ContractSuspension from '#models/contract_suspension'
import { holdingsOfContract } from '#models/contract/listing'
import StaffPolicy from '#policies/staff_policy'
import { contractSuspension } from '#validators/contract'

/** OPS-07: everything of a contract stops for a while, and goes on. */
export default class ContractSuspensionsController {
  async create({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const contract = await Contract.findOrFail(params.contract_id)
    const holdings = await holdingsOfContract(contract.id)
    return view.render('pages/staff/contract_suspensions/create', { contract, holdings })
  }

  async store(ctx: HttpContext) {
    const { bouncer, i18n, params, request, response, session } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const contract = await Contract.findOrFail(params.contract_id)
    const { suspension_reason: reason } = await request.validateUsing(contractSuspension)
    await ContractSuspension.begin(contract, reason, staffAuthor(ctx))
    session.flash('success', i18n.t('messages.staff.contract_suspended', { code: contract.code }))
    return response.redirect().toRoute('staff.contracts.show', [contract.id])
  }

  async destroy(ctx: HttpContext) {
    const { bouncer, i18n, params, response, session } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const contract = await Contract.findOrFail(params.contract_id)
    await ContractSuspension.end(contract, staffAuthor(ctx))
    session.flash('success', i18n.t('messages.staff.contract_resumed', { code: contract.code }))
    return response.redirect().toRoute('staff.contracts.show', [contract.id])
  }
}
