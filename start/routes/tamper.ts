import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Whether somebody changed a domain's files (WEB-07). */
router
  .group(() => {
    router.get('', [controllers.TamperWatches, 'show'])
    router.get('settings', [controllers.TamperWatches, 'edit'])
    router.put('settings', [controllers.TamperWatches, 'update'])
    router.get('looks', [controllers.TamperLooks, 'index'])
    router.post('looks', [controllers.TamperLooks, 'store'])
    router.get('looks/:look_id', [controllers.TamperLooks, 'show'])
    router.get('looks/:look_id/events', [controllers.TamperLookEvents, 'show'])
    router.post('baselines', [controllers.TamperBaselines, 'store'])
  })
  // Longer numbers are no ids; they would only lose precision
  .where('look_id', /^[1-9][0-9]{0,14}$/)
  .prefix('domains/:domain_id/web/tamper')
  .use(middleware.customers())
