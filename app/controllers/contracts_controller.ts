import type { HttpContext } from '@adonisjs/core/http'
import Contract from '#models/contract'
import ContractProfile from '#models/contract_profile'
import { contractedServers } from '#models/contract/listing'
import { optionRowsOf } from '#models/option/listing'
import PanelRestriction from '#models/panel_restriction'
import PaymentChange from '#models/payment_change'
import ContractPolicy from '#policies/contract_policy'

/** PNL-13 契約内容. */
export default class ContractsController {
  async show({ account, bouncer, view }: HttpContext) {
    await bouncer.with(ContractPolicy).authorize('show')
    const { contractId } = account
    return view.render('pages/contracts/show', {
      contract: await Contract.findOrFail(contractId),
      profile: await ContractProfile.of(contractId),
      waiting: await PaymentChange.waitingOf(contractId),
      options: await optionRowsOf(contractId, 1),
      servers: await contractedServers(contractId),
      panelSources: await PanelRestriction.sourcesOf(contractId),
    })
  }
}
