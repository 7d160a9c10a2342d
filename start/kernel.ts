import router from '@adonisjs/core/services/router'
import server from '@adonisjs/core/services/server'

server.errorHandler(() => import('#exceptions/handler'))

/** For every request, also those without a route: health checks and files need no session. */
server.use([
  () => import('#middleware/container_bindings_middleware'),
  () => import('#middleware/response_headers_middleware'),
  () => import('#middleware/health_middleware'),
  () => import('#middleware/assets_middleware'),
  () => import('@adonisjs/static/static_middleware'),
])

router.use([
  () => import('@adonisjs/core/bodyparser_middleware'),
  () => import('@adonisjs/session/session_middleware'),
  () => import('@adonisjs/auth/initialize_auth_middleware'),
  () => import('#middleware/uploads_middleware'),
  () => import('#middleware/dump_uploads_middleware'),
  () => import('#middleware/locale_middleware'),
  () => import('@adonisjs/shield/shield_middleware'),
  () => import('#middleware/initialize_bouncer_middleware'),
])

/** Who may come through a door. Each route goes through exactly one (see start/routes.ts). */
export const middleware = router.named({
  visitors: () => import('#middleware/visitors_middleware'),
  customers: () => import('#middleware/customers_middleware'),
  staff: () => import('#middleware/staff_middleware'),
})
