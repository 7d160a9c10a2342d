import type { HttpContext } from '@adonisjs/core/http'
import { invoicesOf } from '#models/account/visible'
import { contentsOf } from '#models/invoice/contents'
import { invoicePdf } from '#models/invoice/document'
import { storedLines } from '#models/statement/listing'
import StatementPolicy from '#policies/statement_policy'

/** ORD-07: 適格請求書 as PDF. */
export default class InvoicesController {
  async show({ account, bouncer, params, response }: HttpContext) {
    const invoice = await invoicesOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(StatementPolicy).authorize('show', invoice)
    const lines = await storedLines(invoice.statementId)
    const pdf = await invoicePdf(contentsOf(invoice, invoice.statement, lines))
    response.header('Content-Type', 'application/pdf')
    response.header('Content-Disposition', `inline; filename="${invoice.number}.pdf"`)
    return response.send(pdf)
  }
}
