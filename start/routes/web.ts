import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** A domain's site: how it runs and what its visitors get. */
router
  .group(() => {
    router.get('domains/:domain_id/web', [controllers.DomainWebs, 'show'])
    router.get('domains/:domain_id/web/php', [controllers.PhpVersions, 'edit'])
    router.put('domains/:domain_id/web/php', [controllers.PhpVersions, 'update'])
    router.get('domains/:domain_id/web/php_ini', [controllers.PhpSettings, 'edit'])
    router.put('domains/:domain_id/web/php_ini', [controllers.PhpSettings, 'update'])
    router.get('domains/:domain_id/web/php_ini/own', [controllers.OwnPhpInis, 'show'])
    router.post('domains/:domain_id/web/php_reload', [controllers.PhpReloads, 'store'])
    router.get('domains/:domain_id/web/error_pages', [controllers.ErrorPages, 'edit'])
    router.put('domains/:domain_id/web/error_pages', [controllers.ErrorPages, 'update'])
    router.get('domains/:domain_id/web/htaccess', [controllers.HtaccessDirectives, 'index'])

    router.get('servers/:server_id/php_switches/create', [controllers.PhpSwitches, 'create'])
    router.post('servers/:server_id/php_switches', [controllers.PhpSwitches, 'store'])
  })
  .use(middleware.customers())
