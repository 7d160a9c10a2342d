import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { staffAuthor } from '#middleware/staff_author'
import PhysicalMachine from '#models/physical_machine'
import { machineRows, stockCounts } from '#models/physical_machine/listing'
import { wayIn } from '#models/physical_machine/way_in'
import { progressOf } from '#models/task/progress'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'
import { endOfMachine, readMachine } from '#validators/physical_machine'

/** SRV-02, OPS-07: machines of the provider's own, and how many are in stock. */
export default class PhysicalMachinesController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['name'])
    return view.render('pages/staff/physical_machines/index', {
      list,
      stock: await stockCounts(),
      machines: await machineRows(list.page),
    })
  }

  async create({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    return view.render('pages/staff/physical_machines/create', { wayIn: await wayIn() })
  }

  async store(ctx: HttpContext) {
    const { bouncer, request, response } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const machine = await PhysicalMachine.register(await readMachine({ request }), staffAuthor(ctx))
    return response.redirect().toRoute('staff.physical_machines.show', [machine.id])
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const machine = await PhysicalMachine.query()
      .where('id', params.id)
      .preload('server', (query) => query.preload('contract'))
      .firstOrFail()
    return view.render('pages/staff/physical_machines/show', {
      machine,
      wayIn: await wayIn(),
      apply: machine.state === 'registered' ? await lookOf(machine) : null,
    })
  }

  async destroy(ctx: HttpContext) {
    const { bouncer, i18n, params, request, response, session } = ctx
    await bouncer.with(StaffPolicy).authorize('decide')
    const machine = await PhysicalMachine.findOrFail(params.id)
    const typed = await request.validateUsing(endOfMachine)
    if (typed.machine_confirmation !== machine.name)
      throw new Refusal('machine_typed_differs', 'machine_confirmation')
    await machine.remove(staffAuthor(ctx))
    session.flash('success', i18n.t('messages.staff.physical_machines.removed'))
    return response.redirect().toRoute('staff.physical_machines.index')
  }
}

async function lookOf({ taskId }: PhysicalMachine) {
  const progress = taskId ? await progressOf(taskId) : null
  return progress?.finished ? null : progress
}
