import type { HttpContext } from '@adonisjs/core/http'
import { showSavedWeb } from '#controllers/domain_webs_controller'
import { domainsOf } from '#models/account/visible'
import DomainPolicy from '#policies/domain_policy'

/** WEB-03: what the customer wrote into `var/php.ini` counts now, and not when PHP happens to start anew. */
export default class PhpReloadsController {
  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('editWeb', domain)
    const isChanged = await domain.web.reloadPhp({ by: account, ip: request.ip() })
    return showSavedWeb(ctx, domain, isChanged, 'messages.domains.php_reloaded')
  }
}
