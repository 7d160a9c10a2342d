import type { HttpContext } from '@adonisjs/core/http'
import { showSavedWeb } from '#controllers/domain_webs_controller'
import { domainsOf } from '#models/account/visible'
import { phpSettingGroups, phpSettings } from '#models/domain/php_setting'
import { versionOfStored } from '#models/domain/web_settings'
import DomainPolicy from '#policies/domain_policy'
import { fieldOf, phpValues, phpValuesOf } from '#validators/web'

/** WEB-03: values of php.ini, from a list of those that can do no harm. */
export default class PhpSettingsController {
  async edit({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    return view.render('pages/php_settings/edit', {
      domain,
      server: domain.server,
      groups: phpSettingGroups,
      settings: phpSettings,
      values: domain.web.phpValues,
      fieldOf,
      version: versionOfStored(domain.phpSettings),
    })
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const input = await request.validateUsing(phpValues)
    const values = phpValuesOf(input)
    const actor = { by: account, ip: request.ip() }
    return showSavedWeb(ctx, domain, await domain.web.setPhpValues(values, actor, input.loaded))
  }
}
