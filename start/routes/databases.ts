import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Databases of domains and their users (WEB-04). */
router
  .group(() => {
    router.get('databases', [controllers.Databases, 'index'])
    router.get('databases/create', [controllers.Databases, 'create'])
    router.post('databases', [controllers.Databases, 'store'])
    router.get('databases/sizes', [controllers.DatabaseSizes, 'index'])
    router.get('databases/:id', [controllers.Databases, 'show'])
    router.get('databases/:id/edit', [controllers.Databases, 'edit'])
    router.put('databases/:id', [controllers.Databases, 'update'])
    router
      .group(() => {
        router.get('deletion', [controllers.DatabaseDeletions, 'create'])
        router.post('deletion', [controllers.DatabaseDeletions, 'store'])
        router.get('dump', [controllers.DatabaseDumps, 'show'])
        router.get('imports/create', [controllers.DatabaseImports, 'create'])
        router.post('imports', [controllers.DatabaseImports, 'store'])
        router.get('copies/create', [controllers.DatabaseCopies, 'create'])
        router.post('copies', [controllers.DatabaseCopies, 'store'])
      })
      .prefix('databases/:database_id')

    router.get('database_users/create', [controllers.DatabaseUsers, 'create'])
    router.post('database_users', [controllers.DatabaseUsers, 'store'])
    router.get('database_users/:id/edit', [controllers.DatabaseUsers, 'edit'])
    router.put('database_users/:id', [controllers.DatabaseUsers, 'update'])
    router
      .group(() => {
        router.get('password', [controllers.DatabasePasswords, 'create'])
        router.post('password', [controllers.DatabasePasswords, 'store'])
        router.get('password/made', [controllers.DatabasePasswords, 'show'])
        router.get('deletion', [controllers.DatabaseUserDeletions, 'create'])
        router.post('deletion', [controllers.DatabaseUserDeletions, 'store'])
      })
      .prefix('database_users/:database_user_id')
  })
  .prefix('domains/:domain_id/web')
  .use(middleware.customers())
