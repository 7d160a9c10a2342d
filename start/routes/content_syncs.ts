import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** What is public on one server of a contract becomes public on another that has the same domain (WEB-08). */
router
  .group(() => {
    router.get('', [controllers.ContentSyncs, 'index'])
    router.post('', [controllers.ContentSyncs, 'store'])
    router.get('create', [controllers.ContentSyncs, 'create'])
    router.get('schedule', [controllers.ContentSyncSchedules, 'edit'])
    router.put('schedule', [controllers.ContentSyncSchedules, 'update'])
    router.delete('schedule', [controllers.ContentSyncSchedules, 'destroy'])
    router.get(':content_sync_id', [controllers.ContentSyncs, 'show'])
    router.get(':content_sync_id/events', [controllers.ContentSyncEvents, 'show'])
  })
  .prefix('domains/:domain_id/web/content_syncs')
  .use(middleware.customers())
