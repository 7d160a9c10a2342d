import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Longer numbers are no ids; they would only lose precision. */
const anyId = /^[1-9][0-9]{0,14}$/

/** The two sides of a domain's site (WEB-02). */
router
  .group(() => {
    router.get('', [controllers.Stagings, 'show'])
    router.get('sides', [controllers.StagingSides, 'show'])
    router.get('swaps/create', [controllers.StagingSwaps, 'create'])
    router.post('swaps', [controllers.StagingSwaps, 'store'])
    router.get('changes', [controllers.StagingChanges, 'index'])
    router.get('changes/:change_id', [controllers.StagingChanges, 'show'])
    router.get('changes/:change_id/events', [controllers.StagingChangeEvents, 'show'])
    router.get('publications/create', [controllers.StagingPublications, 'create'])
    router.post('publications', [controllers.StagingPublications, 'store'])
    router.get('withdrawals/create', [controllers.StagingWithdrawals, 'create'])
    router.post('withdrawals', [controllers.StagingWithdrawals, 'store'])
    router.get('refreshes/create', [controllers.StagingRefreshes, 'create'])
    router.post('refreshes', [controllers.StagingRefreshes, 'store'])
    router.get('generations/:generation_id/restore', [controllers.StagingRestores, 'create'])
    router.post('generations/:generation_id/restore', [controllers.StagingRestores, 'store'])
    router.get('generations/:generation_id/deletion', [
      controllers.StagingGenerationDeletions,
      'create',
    ])
    router.post('generations/:generation_id/deletion', [
      controllers.StagingGenerationDeletions,
      'store',
    ])
    router.get('settings', [controllers.StagingSettings, 'edit'])
    router.put('settings', [controllers.StagingSettings, 'update'])
  })
  .where('change_id', anyId)
  .where('generation_id', anyId)
  .prefix('domains/:domain_id/web/staging')
  .use(middleware.customers())
