import type { HttpContext } from '@adonisjs/core/http'
import Contract from '#models/contract'
import ContractProfile from '#models/contract_profile'
import PaymentChange from '#models/payment_change'
import { contractedServers, contractRows } from '#models/contract/listing'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'

export default class ContractsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['code'])
    return view.render('pages/staff/contracts/index', { list, contracts: await contractRows(list) })
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const contract = await Contract.findOrFail(params.id)
    return view.render('pages/staff/contracts/show', {
      contract,
      profile: await ContractProfile.of(contract.id),
      waiting: await PaymentChange.waitingOf(contract.id),
      servers: await contractedServers(contract.id),
    })
  }
}
