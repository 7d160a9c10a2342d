import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** DNS service (OPT-10). */
router
  .group(() => {
    router.get('zones', [controllers.Zones, 'index'])
    router.get('zones/create', [controllers.Zones, 'create'])
    router.post('zones', [controllers.Zones, 'store'])
    router.get('zone_claims/create', [controllers.ZoneClaims, 'create'])
    router.post('zone_claims', [controllers.ZoneClaims, 'store'])
    router.get('zones/:id', [controllers.Zones, 'show'])
    router.get('zones/:id/edit', [controllers.Zones, 'edit'])
    router.put('zones/:id', [controllers.Zones, 'update'])

    router
      .group(() => {
        router.get('events', [controllers.ZoneEvents, 'show'])
        router.get('records', [controllers.ZoneRecords, 'index'])
        router.post('records', [controllers.ZoneRecords, 'store'])
        router.post('record_checks', [controllers.ZoneRecordChecks, 'store'])
        router.get('file', [controllers.ZoneFiles, 'show'])
        router.get('imports/create', [controllers.ZoneImports, 'create'])
        router.post('import_plans', [controllers.ZoneImportPlans, 'store'])
        router.post('imports', [controllers.ZoneImports, 'store'])
        router.get('changes', [controllers.ZoneChanges, 'index'])
        router.get('changes/:id', [controllers.ZoneChanges, 'show'])
        router.post('changes/:zone_change_id/undo', [controllers.ZoneUndos, 'store'])
        router.get('dnssec', [controllers.ZoneSignings, 'edit'])
        router.put('dnssec', [controllers.ZoneSignings, 'update'])
        router.get('deletion', [controllers.ZoneDeletions, 'create'])
        router.post('deletion', [controllers.ZoneDeletions, 'store'])
      })
      .prefix('zones/:zone_id')
  })
  .use(middleware.customers())
