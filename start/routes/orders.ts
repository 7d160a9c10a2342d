import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** Orders of contractors (ORD-01 … ORD-06). */
router
  .group(() => {
    router.get('orders', [controllers.Orders, 'index'])
    router.get('orders/catalogue', [controllers.OrderKinds, 'index'])
    router.get('orders/create', [controllers.Orders, 'create'])
    router.get('orders/confirmation', [controllers.OrderConfirmations, 'show'])
    router.post('orders/confirmation', [controllers.OrderConfirmations, 'store'])
    router.post('orders', [controllers.Orders, 'store'])
    router.get('orders/paper', [controllers.OrderPapers, 'show'])
    router.get('orders/:id', [controllers.Orders, 'show'])
    router.get('orders/:order_id/events', [controllers.OrderEvents, 'show'])
    router.get('orders/:order_id/withdrawal', [controllers.OrderWithdrawals, 'create'])
    router.post('orders/:order_id/withdrawal', [controllers.OrderWithdrawals, 'store'])
    router.post('orders/:order_id/answer', [controllers.OrderAnswers, 'store'])
    router.post('orders/:order_id/notes', [controllers.OrderNotes, 'store'])
    router.get('options', [controllers.Options, 'index'])
  })
  .use(middleware.customers())
