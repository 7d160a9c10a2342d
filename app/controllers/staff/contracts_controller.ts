import type { HttpContext } from '@adonisjs/core/http'
import { contractRows } from '#models/contract/listing'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'

export default class ContractsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['code'])
    return view.render('pages/staff/contracts/index', { list, contracts: await contractRows(list) })
  }
}
