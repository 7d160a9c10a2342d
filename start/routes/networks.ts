import router from '@adonisjs/core/services/router'
import { guardedPorts } from '#config/networks'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

const port = new RegExp(`^(?:${guardedPorts.join('|')})$`)

/** NET-01 to NET-03: networks of a server. */
router
  .group(() => {
    router.get('servers/:server_id/network', [controllers.ServerNetworks, 'show'])
    router
      .get('servers/:server_id/firewall/:port', [controllers.FirewallRules, 'edit'])
      .where('port', port)
    router
      .put('servers/:server_id/firewall/:port', [controllers.FirewallRules, 'update'])
      .where('port', port)
    router.get('servers/:server_id/global_connection', [controllers.GlobalConnections, 'edit'])
    router.put('servers/:server_id/global_connection', [controllers.GlobalConnections, 'update'])
    router.get('servers/:server_id/private_connection', [controllers.PrivateConnections, 'edit'])
    router.put('servers/:server_id/private_connection', [controllers.PrivateConnections, 'update'])
  })
  .use(middleware.customers())
