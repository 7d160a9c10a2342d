import type { HttpContext } from '@adonisjs/core/http'
import { showWaf } from '#controllers/wafs_controller'
import { domainsOf } from '#models/account/visible'
import { addWafException, mostWafExceptions, removeWafException } from '#models/domain/waf'
import WafException from '#models/waf_exception'
import DomainPolicy from '#policies/domain_policy'
import { pathOf, readWafWish, wafException } from '#validators/waf'

/** OPT-12: rules that do not look at a path of a site, because they took somebody for an attacker who was none. */
export default class WafExceptionsController {
  async index({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const exceptions = await WafException.of(domain.id)
    const page = { domain, server: domain.server, exceptions, most: mostWafExceptions }
    return view.render('pages/waf_exceptions/index', page)
  }

  /** Filled in from an event: one click there, one here. */
  async create({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const wish = await readWafWish(request.qs())
    return view.render('pages/waf_exceptions/create', { domain, server: domain.server, wish })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const input = await request.validateUsing(wafException)
    const wish = { rule: Number(input.rule), path: pathOf(input) }
    const isChanged = await addWafException(domain, wish, { by: account, ip: request.ip() })
    return showWaf(ctx, domain, isChanged, 'messages.waf.excepted')
  }

  async destroy(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const { id } = await WafException.query()
      .where({ id: params.id, domainId: domain.id })
      .firstOrFail()
    const isChanged = await removeWafException(domain, id, { by: account, ip: request.ip() })
    return showWaf(ctx, domain, isChanged, 'messages.waf.exception_removed')
  }
}
