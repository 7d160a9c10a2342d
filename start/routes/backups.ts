import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Longer numbers are no ids; they would only lose precision. */
const anyId = /^[1-9][0-9]{0,14}$/

/** What is backed up of a domain every night, and what its people bring back of it (BKP-01). */
router
  .group(() => {
    router.get('', [controllers.ContentBackups, 'index'])
    router.get('entries', [controllers.ContentBackupEntries, 'index'])
    router.post('restores', [controllers.ContentRestores, 'store'])
    router.get('restores/:restore_id', [controllers.ContentRestores, 'show'])
    router.get('restores/:restore_id/events', [controllers.ContentRestoreEvents, 'show'])
    router.post('restores/:restore_id/confirmation', [
      controllers.ContentRestoreConfirmations,
      'store',
    ])
  })
  .where('restore_id', anyId)
  .prefix('domains/:domain_id/backups')
  .use(middleware.customers())
