import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** OPT-12: what looks at the requests to a domain's site before its programs do. */
router
  .group(() => {
    router.get('domains/:domain_id/web/waf', [controllers.Wafs, 'show'])
    router.get('domains/:domain_id/web/waf/settings', [controllers.Wafs, 'edit'])
    router.put('domains/:domain_id/web/waf/settings', [controllers.Wafs, 'update'])
    router.get('domains/:domain_id/web/waf/exceptions', [controllers.WafExceptions, 'index'])
    router.get('domains/:domain_id/web/waf/exceptions/create', [
      controllers.WafExceptions,
      'create',
    ])
    router.post('domains/:domain_id/web/waf/exceptions', [controllers.WafExceptions, 'store'])
    router.delete('domains/:domain_id/web/waf/exceptions/:id', [
      controllers.WafExceptions,
      'destroy',
    ])
  })
  .use(middleware.customers())
