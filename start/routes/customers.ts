import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

router
  .group(() => {
    router.get('sign_in', [controllers.Session, 'create'])
    router.post('sign_in', [controllers.Session, 'store'])
  })
  .use(middleware.visitors())

router
  .group(() => {
    router.get('/', [controllers.Home, 'show'])
    router.post('sign_out', [controllers.Session, 'destroy'])
    router.get('password', [controllers.Passwords, 'edit'])
    router.put('password', [controllers.Passwords, 'update'])
    router.get('operation_logs', [controllers.OperationLogs, 'index'])

    router.get('servers', [controllers.Servers, 'index'])
    router.get('servers/:id', [controllers.Servers, 'show'])
    router.get('servers/:server_id/meters', [controllers.ServerMeters, 'show'])

    router.get('domains', [controllers.Domains, 'index'])
    router.get('servers/:server_id/domains/create', [controllers.Domains, 'create'])
    router.post('servers/:server_id/domains', [controllers.Domains, 'store'])
    router.get('domains/:id', [controllers.Domains, 'show'])
    router.get('domains/:domain_id/suspension', [controllers.Suspensions, 'create'])
    router.post('domains/:domain_id/suspension', [controllers.Suspensions, 'store'])
    router.delete('domains/:domain_id/suspension', [controllers.Suspensions, 'destroy'])

    router.get('applies/:id', [controllers.Applies, 'show'])
    router.get('applies/:apply_id/events', [controllers.ApplyEvents, 'show'])
  })
  .use(middleware.customers())
