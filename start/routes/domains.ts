import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Names of domains and what becomes of them (DOM-01, DOM-02, DOM-05). */
router
  .group(() => {
    router.get('servers/:server_id/ready_domains/create', [controllers.ReadyDomains, 'create'])
    router.post('servers/:server_id/ready_domains', [controllers.ReadyDomains, 'store'])
    router.get('servers/:server_id/ready_name', [controllers.ReadyNames, 'show'])

    router.get('name_claims', [controllers.NameClaims, 'index'])
    router.get('servers/:server_id/name_claims/create', [controllers.NameClaims, 'create'])
    router.post('servers/:server_id/name_claims', [controllers.NameClaims, 'store'])
    router.get('name_claims/:id', [controllers.NameClaims, 'show'])
    router.delete('name_claims/:id', [controllers.NameClaims, 'destroy'])
    router.post('name_claims/:name_claim_id/check', [controllers.NameClaimChecks, 'store'])

    router.get('domains/:domain_id/disk_quota', [controllers.DiskQuotas, 'edit'])
    router.put('domains/:domain_id/disk_quota', [controllers.DiskQuotas, 'update'])

    router.get('domains/:domain_id/deletion', [controllers.DomainDeletions, 'create'])
    router.post('domains/:domain_id/deletion', [controllers.DomainDeletions, 'store'])
    router.get('domain_deletions', [controllers.DomainDeletions, 'index'])
    router.get('domain_deletions/:id', [controllers.DomainDeletions, 'show'])
    router.delete('domain_deletions/:id', [controllers.DomainDeletions, 'destroy'])
    router.get('domains/:domain_id/removal', [controllers.DomainRemovals, 'create'])
    router.post('domains/:domain_id/removal', [controllers.DomainRemovals, 'store'])
  })
  .use(middleware.customers())
