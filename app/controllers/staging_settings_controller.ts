import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { mostGenerations } from '#models/staging_generation'
import { setStagingGenerations } from '#models/staging_generation/setting'
import StagingPolicy from '#policies/staging_policy'
import { stagingSettings } from '#validators/staging'

/** WEB-02: how many copies of what was public are kept. */
export default class StagingSettingsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    return view.render('pages/staging_settings/edit', {
      domain,
      server: domain.server,
      mostGenerations,
    })
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(StagingPolicy).authorize('change', domain)
    const { staging_generations: count } = await request.validateUsing(stagingSettings)
    await setStagingGenerations(domain, count, { by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.staging.settings_saved'))
    return response.redirect().toRoute('stagings.show', [domain.id])
  }
}
