import type { HttpContext } from '@adonisjs/core/http'
import Contract from '#models/contract'
import PanelRestriction from '#models/panel_restriction'
import StaffPolicy from '#policies/staff_policy'

/** PNL-07: a customer who can't get in any more calls. */
export default class PanelRestrictionsController {
  async destroy({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    const contract = await Contract.findOrFail(params.contract_id)
    await bouncer.with(StaffPolicy).authorize('decide')
    const isLifted = await PanelRestriction.lift(contract, {
      staff: auth.use('staff').getUserOrFail(),
      ip: request.ip(),
    })
    const said = isLifted ? 'messages.staff.panel_opened' : 'messages.unchanged'
    session.flash('success', i18n.t(said, { code: contract.code }))
    return response.redirect().toRoute('staff.contracts.show', [contract.id])
  }
}
