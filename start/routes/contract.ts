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
    router.get('contract/panel_restriction', [controllers.PanelRestrictions, 'edit'])
    router.put('contract/panel_restriction', [controllers.PanelRestrictions, 'update'])
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
    router.get('contracts/:id/edit', [controllers.staff.Contracts, 'edit'])
    router.put('contracts/:id', [controllers.staff.Contracts, 'update'])
    router.get('contracts/:contract_id/suspension', [
      controllers.staff.ContractSuspensions,
      'create',
    ])
    router.post('contracts/:contract_id/suspension', [
      controllers.staff.ContractSuspensions,
      'store',
    ])
    router.delete('contracts/:contract_id/suspension', [
      controllers.staff.ContractSuspensions,
      'destroy',
    ])
    router.get('contracts/:contract_id/password_invitations/create', [
      controllers.staff.PasswordInvitations,
      'create',
    ])
    router.post('contracts/:contract_id/password_invitations', [
      controllers.staff.PasswordInvitations,
      'store',
    ])
    router.get('contracts/:contract_id/customer_views/create', [
      controllers.staff.CustomerViews,
      'create',
    ])
    router.post('contracts/:contract_id/customer_views', [controllers.staff.CustomerViews, 'store'])
    router.delete('customer_views/:id', [controllers.staff.CustomerViews, 'destroy'])
    router.get('password_invitations/:id', [controllers.staff.PasswordInvitations, 'show'])
    router.delete('contracts/:contract_id/panel_restriction', [
      controllers.staff.PanelRestrictions,
      'destroy',
    ])
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

/** OPS-07: the link of the welcome letter. Short, because it is typed by hand. */
router
  .group(() => {
    router.get('welcome', [controllers.PasswordInvitations, 'index'])
    router.get('welcome/:token', [controllers.PasswordInvitations, 'edit'])
    router.put('welcome/:token', [controllers.PasswordInvitations, 'update'])
  })
  .where('token', /^[0-9A-Za-z-]{10,60}$/)
  .use(middleware.visitors())
