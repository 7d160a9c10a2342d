import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** ORD-01, ORD-06: what staff does with orders, and when nobody is there. */
router
  .group(() => {
    router.get('closing_days', [controllers.staff.ClosingDays, 'index'])
    router.post('closing_days', [controllers.staff.ClosingDays, 'store'])
    router.delete('closing_days/:id', [controllers.staff.ClosingDays, 'destroy'])

    router.get('orders', [controllers.staff.Orders, 'index'])
    router.get('orders/create', [controllers.staff.OrderEntries, 'create'])
    router.post('orders', [controllers.staff.OrderEntries, 'store'])
    router.get('orders/:id', [controllers.staff.Orders, 'show'])
    router.get('order_files/:id', [controllers.staff.OrderFiles, 'show'])
    router.get('work_calendar', [controllers.staff.WorkCalendars, 'show'])

    router
      .group(() => {
        router.post('shortcoming', [controllers.staff.OrderShortcomings, 'store'])
        router.post('receipt', [controllers.staff.OrderReceipts, 'store'])
        router.post('confirmation', [controllers.staff.OrderConfirmations, 'store'])
        router.post('start', [controllers.staff.OrderStarts, 'store'])
        router.post('completion', [controllers.staff.OrderCompletions, 'store'])
        router.post('rejection', [controllers.staff.OrderRejections, 'store'])
        router.post('proposals', [controllers.staff.OrderProposals, 'store'])
        router.post('notes', [controllers.staff.OrderNotes, 'store'])
        router.post('files', [controllers.staff.OrderFiles, 'store'])
      })
      .prefix('orders/:order_id')
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())

/** Papers that staff put there for the customer. */
router
  .get('orders/:order_id/files/:id', [controllers.OrderFiles, 'show'])
  .use(middleware.customers())
