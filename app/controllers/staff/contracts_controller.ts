import type { HttpContext } from '@adonisjs/core/http'
import Account from '#models/account'
import Contract from '#models/contract'
import ContractProfile from '#models/contract_profile'
import PaymentChange from '#models/payment_change'
import { contractedServers, contractRows } from '#models/contract/listing'
import StaffPolicy from '#policies/staff_policy'
import { newContract } from '#validators/contract'
import { readList } from '#validators/list'

export default class ContractsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['code'])
    return view.render('pages/staff/contracts/index', { list, contracts: await contractRows(list) })
  }

  async create({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    return view.render('pages/staff/contracts/create')
  }

  /** ORD-05: of a new customer, before what he applied for on paper is entered. */
  async store({ bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const {
      contract_name: name,
      person_mail: noticeAddress,
      password,
    } = await request.validateUsing(newContract)
    const passwordHash = await Account.hashPassword(password)
    const contract = await Contract.open({ name, noticeAddress, passwordHash })
    session.flash('success', i18n.t('messages.staff.contract_opened', { code: contract.code }))
    return response.redirect().toRoute('staff.contracts.show', [contract.id])
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
