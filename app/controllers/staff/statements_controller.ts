import type { HttpContext } from '@adonisjs/core/http'
import Statement from '#models/statement'
import { statementRows, storedLines } from '#models/statement/listing'
import StaffPolicy from '#policies/staff_policy'
import { readMonth } from '#validators/billing'
import { readList } from '#validators/list'

/** ORD-07: statements of all contracts. */
export default class StatementsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), [''])
    const month = await readMonth(request.qs())
    const statements = await statementRows({ ...list, month: month ?? '' })
    return view.render('pages/staff/statements/index', { list, month, statements })
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const statement = await Statement.query()
      .where('id', params.id)
      .preload('contract')
      .preload('invoice')
      .firstOrFail()
    const lines = await storedLines(statement.id)
    return view.render('pages/staff/statements/show', { statement, lines })
  }
}
