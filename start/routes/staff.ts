import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

router
  .group(() => {
    router
      .group(() => {
        router.get('sign_in', [controllers.staff.Session, 'create'])
        router.post('sign_in', [controllers.staff.Session, 'store'])
      })
      .use(middleware.visitors({ area: 'staff' }))

    router
      .group(() => {
        router.get('/', [controllers.staff.Home, 'show'])
        router.post('sign_out', [controllers.staff.Session, 'destroy'])
        router.get('contracts', [controllers.staff.Contracts, 'index'])
        router.get('servers', [controllers.staff.Servers, 'index'])
        router.get('servers/:id', [controllers.staff.Servers, 'show'])
        router.get('servers/:server_id/meters', [controllers.staff.ServerMeters, 'show'])
        router.post('servers/:server_id/converges', [controllers.staff.Converges, 'store'])
        router.get('domain_deletions', [controllers.staff.DomainDeletions, 'index'])
        router.get('domain_deletions/:id', [controllers.staff.DomainDeletions, 'show'])
        router.delete('domain_deletions/:id', [controllers.staff.DomainDeletions, 'destroy'])
        router.get('name_claims', [controllers.staff.NameClaims, 'index'])
        router.get('name_claims/:id', [controllers.staff.NameClaims, 'show'])
        router.post('name_claims/:name_claim_id/approval', [
          controllers.staff.NameClaimApprovals,
          'store',
        ])
        router.post('name_claims/:name_claim_id/refusal', [
          controllers.staff.NameClaimRefusals,
          'store',
        ])
        router.get('name_servers', [controllers.staff.NameServers, 'index'])
        router.post('name_server_comparisons', [controllers.staff.NameServerComparisons, 'store'])
        router.get('runs/:id', [controllers.staff.Runs, 'show'])
        router.get('applies/:id', [controllers.staff.Applies, 'show'])
        router.get('applies/:apply_id/events', [controllers.staff.ApplyEvents, 'show'])
      })
      .use(middleware.staff())
  })
  .prefix('staff')
  .as('staff')
