import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** OPS-07: the staff's own desk: what needs a person, what runs, and what colleagues did. */
router
  .group(() => {
    router.get('failing_certificates', [controllers.staff.FailingCertificates, 'index'])
    router.get('search', [controllers.staff.Searches, 'show'])
    router.get('staff_logs', [controllers.staff.StaffLogs, 'index'])
    router.get('tasks', [controllers.staff.Tasks, 'index'])
    router.get('tasks/:id', [controllers.staff.Tasks, 'show'])
    router.post('tasks/:task_id/retry', [controllers.staff.TaskRetries, 'store'])
    router.post('tasks/:task_id/dismissal', [controllers.staff.TaskDismissals, 'store'])
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())
