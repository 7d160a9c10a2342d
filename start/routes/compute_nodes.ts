import router from '@adonisjs/core/services/router'
import { controllers } from '#generated/controllers'
import { middleware } from '#start/kernel'

/** SRV-01, SRV-02: where servers run, and machines that are one. */
router
  .group(() => {
    router.get('compute_nodes', [controllers.staff.ComputeNodes, 'index'])
    router.get('compute_nodes/:id', [controllers.staff.ComputeNodes, 'show'])
    router.get('compute_nodes/:id/edit', [controllers.staff.ComputeNodes, 'edit'])
    router.put('compute_nodes/:id', [controllers.staff.ComputeNodes, 'update'])
    router.post('compute_nodes/:compute_node_id/readings', [
      controllers.staff.ComputeNodeReadings,
      'store',
    ])
    router.get('physical_machines', [controllers.staff.PhysicalMachines, 'index'])
    router.get('physical_machines/create', [controllers.staff.PhysicalMachines, 'create'])
    router.post('physical_machines', [controllers.staff.PhysicalMachines, 'store'])
    router.get('physical_machines/:id', [controllers.staff.PhysicalMachines, 'show'])
    router.delete('physical_machines/:id', [controllers.staff.PhysicalMachines, 'destroy'])
    router.post('physical_machines/:physical_machine_id/looks', [
      controllers.staff.PhysicalMachineLooks,
      'store',
    ])
    router.post('physical_machines/:physical_machine_id/confirmation', [
      controllers.staff.PhysicalMachineConfirmations,
      'store',
    ])
    router.get('orders/:order_id/machine/create', [controllers.staff.OrderMachines, 'create'])
    router.post('orders/:order_id/machine', [controllers.staff.OrderMachines, 'store'])
  })
  .prefix('staff')
  .as('staff')
  .use(middleware.staff())
