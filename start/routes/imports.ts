import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { sheetNames } from '#models/sheet/sheet'
import { middleware } from '#start/kernel'

const known = new RegExp(`^(${sheetNames.join('|')})$`)

/** Many users at once by CSV (USR-01 … USR-07). */
router
  .group(() => {
    router.get('domains/:domain_id/imports', [controllers.Imports, 'index'])
    router.get('domains/:domain_id/imports/:sheet', [controllers.Imports, 'create'])
    router.post('domains/:domain_id/imports/:sheet', [controllers.Imports, 'store'])
    router.get('domains/:domain_id/sheets/:sheet', [controllers.Sheets, 'show'])
    router.get('domains/:domain_id/sheets/:sheet/template', [controllers.SheetTemplates, 'show'])

    router.get('imports/:id', [controllers.Imports, 'show'])
    router.post('imports/:import_id/confirmation', [controllers.ImportConfirmations, 'store'])
    router.get('imports/:import_id/events', [controllers.ImportEvents, 'show'])
    router.get('imports/:import_id/mistakes', [controllers.ImportMistakes, 'index'])
    router.get('imports/:import_id/changes', [controllers.ImportChanges, 'index'])
  })
  .where('sheet', known)
  .use(middleware.customers())
