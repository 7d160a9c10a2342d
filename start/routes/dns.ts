import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Who answers for a domain's name, and what (DOM-04). */
router
  .group(() => {
    router.get('domains/:domain_id/dns', [controllers.BasicDns, 'show'])
    router.get('domains/:domain_id/dns/events', [controllers.BasicDnsEvents, 'show'])
    router.get('domains/:domain_id/dns/edit', [controllers.BasicDns, 'edit'])
    router.put('domains/:domain_id/dns', [controllers.BasicDns, 'update'])
    router.post('domains/:domain_id/dns/zone', [controllers.DomainZones, 'store'])
    router.get('domains/:domain_id/dns/zone/edit', [controllers.DomainZones, 'edit'])
    router.delete('domains/:domain_id/dns/zone', [controllers.DomainZones, 'destroy'])
    router.get('domains/:domain_id/dns/delegation', [controllers.Delegations, 'show'])
  })
  .use(middleware.customers())
