import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** A domain's site: how it runs and what its visitors get. */
router
  .group(() => {
    router.get('domains/:domain_id/web', [controllers.DomainWebs, 'show'])
  })
  .use(middleware.customers())
