import type { HttpContext } from '@adonisjs/core/http'
import { isBillingCode } from '#billing/codes'
import { today } from '#models/day'
import Price from '#models/price'
import { priceList } from '#models/price/listing'
import StaffPolicy from '#policies/staff_policy'
import { newPrice } from '#validators/billing'

/** ORD-07: the price list, with the days from which prices count. */
export default class PricesController {
  async index({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    return view.render('pages/staff/prices/index', { prices: await priceList() })
  }

  async create({ bouncer, request, response, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('bill')
    const code = String(request.qs().code ?? '')
    if (!isBillingCode(code)) return response.redirect().toRoute('staff.prices.index')
    const known = await Price.query().where({ code }).orderBy('validFrom', 'desc')
    return view.render('pages/staff/prices/create', { code, known, today: today() })
  }

  async store({ auth, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('bill')
    const typed = await request.validateUsing(newPrice)
    const { price_code: code, valid_from: validFrom, yen, tax_percent: taxPercent } = typed
    const staff = auth.use('staff').getUserOrFail()
    await Price.set({ code, validFrom, yen, taxPercent: Number(taxPercent) }, staff)
    session.flash(
      'success',
      i18n.t('messages.billing.price_set', { name: i18n.t(`prices.${code}`) })
    )
    return response.redirect().toRoute('staff.prices.index')
  }

  async destroy({ bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('bill')
    const price = await Price.findOrFail(params.id)
    await price.withdraw()
    session.flash('success', i18n.t('messages.billing.price_withdrawn'))
    return response.redirect().toRoute('staff.prices.index')
  }
}
