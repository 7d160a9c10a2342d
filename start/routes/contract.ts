import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** PNL-13, ORD-08: the contractor's own pages, and whom to ask. */
router
  .group(() => {
    router.get('contract', [controllers.Contracts, 'show'])
    router.get('contract/profile', [controllers.ContractProfiles, 'edit'])
    router.put('contract/profile', [controllers.ContractProfiles, 'update'])
    router.get('contract/payment', [controllers.PaymentChanges, 'create'])
    router.post('contract/payment', [controllers.PaymentChanges, 'store'])
    router.delete('contract/payment', [controllers.PaymentChanges, 'destroy'])
    router.get('servers/:server_id/description', [controllers.ServerDescriptions, 'edit'])
    router.put('servers/:server_id/description', [controllers.ServerDescriptions, 'update'])

    router.get('support', [controllers.Supports, 'show'])
    router.get('inquiries', [controllers.Inquiries, 'index'])
    router.get('inquiries/create', [controllers.Inquiries, 'create'])
    router.post('inquiries', [controllers.Inquiries, 'store'])
    router.get('inquiries/:id', [controllers.Inquiries, 'show'])
  })
  .use(middleware.customers())

router
  .group(() => {
    router.get('contracts/create', [controllers.staff.Contracts, 'create'])
    router.post('contracts', [controllers.staff.Contracts, 'store'])
    router.get('contracts/:id', [controllers.staff.Contracts, 'show'])
    router.post('payment_changes/:payment_change_id/confirmation', [
      controllers.staff.PaymentConfirmations,
      'store',
    ])
    router.get('inquiries', [controllers.staff.Inquiries, 'index'])
    router.get('inquiries/:id', [controllers.staff.Inquiries, 'show'])
    router.post('inquiries/:inquiry_id/answer', [controllers.staff.InquiryAnswers, 'store'])
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())
