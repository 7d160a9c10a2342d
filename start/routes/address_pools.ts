import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** NET-04 構成図. */
router
  .group(() => {
    router.get('network_diagram', [controllers.NetworkDiagrams, 'show'])
  })
  .use(middleware.customers())

/** NET-01, OPT-03: the addresses that servers get. */
router
  .group(() => {
    router.get('contracts/:contract_id/network_diagram', [
      controllers.staff.NetworkDiagrams,
      'show',
    ])
    router.get('address_pools', [controllers.staff.AddressPools, 'index'])
    router.get('address_pools/:id', [controllers.staff.AddressPools, 'show'])
    router.post('address_pools/:address_pool_id/addresses', [
      controllers.staff.PoolAddresses,
      'store',
    ])
    router.delete('address_pools/:address_pool_id/addresses', [
      controllers.staff.PoolAddresses,
      'destroy',
    ])
    router.post('address_pools/:address_pool_id/reservations', [
      controllers.staff.AddressReservations,
      'store',
    ])
    router.delete('address_pools/:address_pool_id/reservations', [
      controllers.staff.AddressReservations,
      'destroy',
    ])
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())
