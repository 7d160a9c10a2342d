import type { HttpContext } from '@adonisjs/core/http'
import ContractProfile, { paymentMethods } from '#models/contract_profile'
import PaymentChange from '#models/payment_change'
import ContractPolicy from '#policies/contract_policy'
import { paymentChange } from '#validators/contract'

/** PNL-13 支払方法の確認・変更. */
export default class PaymentChangesController {
  async create({ account, bouncer, view }: HttpContext) {
    await bouncer.with(ContractPolicy).authorize('changePayment')
    const profile = await ContractProfile.of(account.contractId)
    const waiting = await PaymentChange.waitingOf(account.contractId)
    return view.render('pages/payment_changes/create', { profile, waiting, paymentMethods })
  }

  async store({ account, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(ContractPolicy).authorize('changePayment')
    const { payment_method: method } = await request.validateUsing(paymentChange)
    await PaymentChange.request(account.contractId, method, { by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.contract.payment_requested'))
    return response.redirect().toRoute('payment_changes.create')
  }

  /** The one that waits. */
  async destroy({ account, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(ContractPolicy).authorize('changePayment')
    const waiting = await PaymentChange.waitingOf(account.contractId)
    await waiting?.withdraw({ by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.contract.payment_withdrawn'))
    return response.redirect().toRoute('payment_changes.create')
  }
}
