import type { HttpContext } from '@adonisjs/core/http'
import { readSources } from '#models/ip_source/list'
import { versionOf } from '#models/mail_address/list'
import PanelRestriction, { mostPanelSources } from '#models/panel_restriction'
import ContractPolicy from '#policies/contract_policy'
import { panelRestriction } from '#validators/ip_source'

/** PNL-07 アクセス元制限. */
export default class PanelRestrictionsController {
  async edit({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(ContractPolicy).authorize('restrictPanel')
    const sources = await PanelRestriction.sourcesOf(account.contractId)
    return view.render('pages/panel_restrictions/edit', {
      sources,
      most: mostPanelSources,
      version: versionOf(sources),
      ip: request.ip(),
    })
  }

  async update({ account, bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(ContractPolicy).authorize('restrictPanel')
    const typed = await request.validateUsing(panelRestriction)
    const { values: sources } = readSources(typed.sources)
    const acceptsLockOut = typed.accepts_lock_out?.includes('on') ?? false
    const wish = { sources, seen: typed.loaded, acceptsLockOut }
    const isChanged = await PanelRestriction.replace(wish, { by: account, ip: request.ip() })
    const saved = sources.length === 0 ? 'panel_opened' : 'panel_restricted'
    const said = isChanged ? `messages.contract.${saved}` : 'messages.unchanged'
    session.flash('success', i18n.t(said, { count: sources.length }))
    return response.redirect().toRoute('contracts.show')
  }
}
