import type { HttpContext } from '@adonisjs/core/http'
import { streamCsv } from '#controllers/sheets_controller'
import { linesSheet, ratesSheet } from '#models/statement/accounting'
import StaffPolicy from '#policies/staff_policy'
import { statementFile } from '#validators/billing'

/** ORD-07: a month for the books, as CSV. */
export default class StatementFilesController {
  async show(ctx: HttpContext) {
    await ctx.bouncer.with(StaffPolicy).authorize('read')
    const { month, of } = await ctx.request.validateUsing(statementFile)
    return of === 'lines'
      ? streamCsv(ctx, `明細_${month}.csv`, linesSheet(month))
      : streamCsv(ctx, `請求_${month}.csv`, ratesSheet(month))
  }
}
