import type { HttpContext } from '@adonisjs/core/http'
import { staffAuthor } from '#middleware/staff_author'
import Contract from '#models/contract'
import ContractProfile from '#models/contract_profile'
import ContractSuspension from '#models/contract_suspension'
import PasswordInvitation from '#models/password_invitation'
import PanelRestriction from '#models/panel_restriction'
import PaymentChange from '#models/payment_change'
import { contractedServers, contractRows } from '#models/contract/listing'
import { readProfile } from '#models/contract_profile/readings'
import StaffPolicy from '#policies/staff_policy'
import { staffContract } from '#validators/contract'
import { readList } from '#validators/list'

/** OPS-07: customers and what is known of them. */
export default class ContractsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['code'])
    return view.render('pages/staff/contracts/index', { list, contracts: await contractRows(list) })
  }

  async create({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const contract = new Contract()
    return view.render('pages/staff/contracts/create', { contract, profile: new ContractProfile() })
  }

  /** ORD-05: of a new customer, before what he applied for on paper is entered. */
  async store(ctx: HttpContext) {
    const { bouncer, i18n, request, response, session } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const typed = await request.validateUsing(staffContract)
    const customer = { name: typed.contract_name, profile: readProfile(typed) }
    const contract = await Contract.open(customer, staffAuthor(ctx))
    session.flash('success', i18n.t('messages.staff.contract_opened', { code: contract.code }))
    return response.redirect().toRoute('staff.password_invitations.create', [contract.id])
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const contract = await Contract.findOrFail(params.id)
    const contractor = await contract.contractor()
    return view.render('pages/staff/contracts/show', {
      contract,
      contractor,
      profile: await ContractProfile.of(contract.id),
      waiting: await PaymentChange.waitingOf(contract.id),
      servers: await contractedServers(contract.id),
      suspensions: await ContractSuspension.historyOf(contract.id),
      invitation: await PasswordInvitation.latestOf(contractor.id),
      panelSources: await PanelRestriction.sourcesOf(contract.id),
    })
  }

  async edit({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const contract = await Contract.findOrFail(params.id)
    const profile = await ContractProfile.of(contract.id)
    return view.render('pages/staff/contracts/edit', { contract, profile })
  }

  async update(ctx: HttpContext) {
    const { bouncer, i18n, params, request, response, session } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const contract = await Contract.findOrFail(params.id)
    const typed = await request.validateUsing(staffContract)
    const customer = { name: typed.contract_name, profile: readProfile(typed) }
    await contract.amend(customer, staffAuthor(ctx))
    session.flash('success', i18n.t('messages.staff.contract_saved'))
    return response.redirect().toRoute('staff.contracts.show', [contract.id])
  }
}
