import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** SRV-05: the life of a server that is there. */
router
  .group(() => {
    router.get('servers/:server_id/power', [controllers.ServerPowers, 'create'])
    router.post('servers/:server_id/power', [controllers.ServerPowers, 'store'])
  })
  .use(middleware.customers())

router
  .group(() => {
    router.get('servers/:server_id/power', [controllers.staff.ServerPowers, 'create'])
    router.post('servers/:server_id/power', [controllers.staff.ServerPowers, 'store'])
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())
