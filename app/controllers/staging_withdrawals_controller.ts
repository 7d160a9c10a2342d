import type { HttpContext } from '@adonisjs/core/http'
import { showStagingChange } from '#controllers/staging_changes_controller'
import { domainsOf } from '#models/account/visible'
import type Domain from '#models/domain'
import StagingChange from '#models/staging_change'
import StagingPolicy from '#policies/staging_policy'
import { stagingChange } from '#validators/staging'

/** WEB-02: what chosen files replaced when they became public comes back. */
export default class StagingWithdrawalsController {
  async create(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const publication = await StagingChange.withdrawable(domain.id)
    if (!publication) return nothingToWithdraw(ctx, domain)
    return view.render('pages/staging_withdrawals/create', {
      domain,
      server: domain.server,
      publication,
      seen: await StagingChange.lastIdOf(domain.id),
    })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const { seen } = await request.validateUsing(stagingChange)
    const publication = await StagingChange.withdrawable(domain.id)
    if (!publication) return nothingToWithdraw(ctx, domain)
    const wish = { kind: 'withdraw', seen, undoneId: publication.id } as const
    const change = await StagingChange.begin(domain, wish, { by: account, ip: request.ip() })
    return showStagingChange(ctx, change)
  }
}

/** The link may be on a page that was opened before a swap. */
function nothingToWithdraw({ i18n, response, session }: HttpContext, { id }: Domain) {
  session.flash('warning', i18n.t('messages.staging.nothing_to_withdraw'))
  return response.redirect().toRoute('stagings.show', [id])
}
