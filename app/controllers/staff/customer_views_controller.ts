import type { HttpContext } from '@adonisjs/core/http'
import { viewKey } from '#middleware/customer_view'
import Contract from '#models/contract'
import CustomerView from '#models/customer_view'
import StaffPolicy from '#policies/staff_policy'
import { customerView } from '#validators/contract'

/** OPS-07: the panel as a customer sees it. */
export default class CustomerViewsController {
  async create({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('viewAsCustomer')
    const contract = await Contract.findOrFail(params.contract_id)
    const views = await CustomerView.historyOf(contract.id)
    return view.render('pages/staff/customer_views/create', { contract, views })
  }

  async store({ auth, bouncer, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('viewAsCustomer')
    const contract = await Contract.findOrFail(params.contract_id)
    const { view_login: login, view_reason: reason } = await request.validateUsing(customerView)
    const staff = auth.use('staff').getUserOrFail()
    const view = await CustomerView.begin({ contract, login, reason }, staff, request.ip())
    session.put(viewKey, view.id)
    return response.redirect('/')
  }

  async destroy({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('viewAsCustomer')
    const staff = auth.use('staff').getUserOrFail()
    const query = CustomerView.query().where({ id: params.id, staffId: staff.id })
    const view = await query.firstOrFail()
    await view.end(staff, request.ip())
    session.forget(viewKey)
    session.flash('success', i18n.t('messages.customer_views.ended', { login: view.login }))
    return response.redirect().toRoute('staff.contracts.show', [view.contractId])
  }
}
