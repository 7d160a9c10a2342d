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
    router.get('servers/:server_id/return', [controllers.staff.ServerReturns, 'create'])
    router.post('servers/:server_id/return', [controllers.staff.ServerReturns, 'store'])
    router.get('servers/:server_id/grace', [controllers.staff.ServerGraces, 'edit'])
    router.put('servers/:server_id/grace', [controllers.staff.ServerGraces, 'update'])
    router.post('servers/:server_id/build', [controllers.staff.ServerBuilds, 'store'])
    router.delete('servers/:server_id/build', [controllers.staff.ServerBuilds, 'destroy'])
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())
