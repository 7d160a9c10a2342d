import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** OPS-07: what the provider tells its customers. */
router
  .group(() => {
    router.get('announcements', [controllers.Announcements, 'index'])
    router.get('announcements/:id', [controllers.Announcements, 'show'])
  })
  .use(middleware.customers())

router
  .group(() => {
    router.get('announcements', [controllers.staff.Announcements, 'index'])
    router.get('announcements/create', [controllers.staff.Announcements, 'create'])
    router.post('announcements', [controllers.staff.Announcements, 'store'])
    router.get('announcements/:id', [controllers.staff.Announcements, 'show'])
    router.get('announcements/:id/edit', [controllers.staff.Announcements, 'edit'])
    router.put('announcements/:id', [controllers.staff.Announcements, 'update'])
    router.delete('announcements/:id', [controllers.staff.Announcements, 'destroy'])
    router.post('announcements/:announcement_id/publication', [
      controllers.staff.AnnouncementPublications,
      'store',
    ])
    router.delete('announcements/:announcement_id/publication', [
      controllers.staff.AnnouncementPublications,
      'destroy',
    ])
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())
