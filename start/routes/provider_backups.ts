import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** BKP-02: mailboxes and databases that customers get back from the provider's copies. */
router
  .group(() => {
    router.get('backup_restores/create', [controllers.BackupRestores, 'create'])
    router.post('backup_restores', [controllers.BackupRestores, 'store'])
    router.get('backup_restores/:id', [controllers.BackupRestores, 'show'])
  })
  .prefix('domains/:domain_id')
  .use(middleware.customers())

router
  .group(() => {
    router.get('backups', [controllers.staff.Backups, 'index'])
    router.get('backups/:id', [controllers.staff.Backups, 'show'])
    router.post('servers/:server_id/backups', [controllers.staff.Backups, 'store'])
    router.post('backups/:backup_id/restores', [controllers.staff.BackupRestores, 'store'])
    router.get('backup_restores/:id', [controllers.staff.BackupRestores, 'show'])
    router.get('servers/:server_id/rebuilds/create', [controllers.staff.ServerRebuilds, 'create'])
    router.post('servers/:server_id/rebuilds', [controllers.staff.ServerRebuilds, 'store'])
    router.get('server_rebuilds/:id', [controllers.staff.ServerRebuilds, 'show'])
    router.get('backup_hosts/:id/edit', [controllers.staff.BackupHosts, 'edit'])
    router.put('backup_hosts/:id', [controllers.staff.BackupHosts, 'update'])
    router.get('backup_targets/create', [controllers.staff.BackupTargets, 'create'])
    router.post('backup_targets', [controllers.staff.BackupTargets, 'store'])
    router.get('backup_targets/:id', [controllers.staff.BackupTargets, 'show'])
    router.get('backup_targets/:id/edit', [controllers.staff.BackupTargets, 'edit'])
    router.put('backup_targets/:id', [controllers.staff.BackupTargets, 'update'])
    router.delete('backup_targets/:id', [controllers.staff.BackupTargets, 'destroy'])
    router.post('backup_targets/:backup_target_id/passwords', [
      controllers.staff.BackupTargetPasswords,
      'store',
    ])
    router.post('backup_targets/:backup_target_id/runs', [
      controllers.staff.BackupTargetRuns,
      'store',
    ])
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())
