import type { HttpContext } from '@adonisjs/core/http'
import Contract from '#models/contract'
import ContractProfile from '#models/contract_profile'
import { readProfile } from '#models/contract_profile/readings'
import ContractPolicy from '#policies/contract_policy'
import { contractProfile } from '#validators/contract'

/** PNL-13 お客さま情報. */
export default class ContractProfilesController {
  async edit({ account, bouncer, view }: HttpContext) {
    await bouncer.with(ContractPolicy).authorize('editProfile')
    const contract = await Contract.findOrFail(account.contractId)
    const profile = await ContractProfile.of(contract.id)
    return view.render('pages/contract_profiles/edit', { contract, profile })
  }

  async update({ account, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(ContractPolicy).authorize('editProfile')
    const typed = await request.validateUsing(contractProfile)
    const change = readProfile(typed)
    await ContractProfile.edit(account.contractId, change, { by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.contract.profile_saved'))
    return response.redirect().toRoute('contracts.show')
  }
}
