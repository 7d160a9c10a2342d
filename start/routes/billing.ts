import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** What it costs (PNL-13, ORD-07). */
router
  .group(() => {
    router.get('statements', [controllers.Statements, 'index'])
    router.get('statements/:id', [controllers.Statements, 'show'])
    router.get('invoices/:id', [controllers.Invoices, 'show'])
  })
  .use(middleware.customers())

router
  .group(() => {
    router.get('prices', [controllers.staff.Prices, 'index'])
    router.get('prices/create', [controllers.staff.Prices, 'create'])
    router.post('prices', [controllers.staff.Prices, 'store'])
    router.delete('prices/:id', [controllers.staff.Prices, 'destroy'])
    router.get('quotes', [controllers.staff.Quotes, 'index'])
    router.put('fee_quotes/:id', [controllers.staff.FeeQuotes, 'update'])
    router.put('one_time_fee_quotes/:id', [controllers.staff.OneTimeFeeQuotes, 'update'])
    router.get('month_closings', [controllers.staff.MonthClosings, 'index'])
    router
      .post('month_closings/:month_closing_id/reopening', [
        controllers.staff.MonthReopenings,
        'store',
      ])
      .where('month_closing_id', /^[1-9][0-9]{0,14}$/)
    router.get('statements', [controllers.staff.Statements, 'index'])
    router.get('statements/:id', [controllers.staff.Statements, 'show'])
    router.get('invoices/:id', [controllers.staff.Invoices, 'show'])
    router.get('statement_files', [controllers.staff.StatementFiles, 'show'])
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())
