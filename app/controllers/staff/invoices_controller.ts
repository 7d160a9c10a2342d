import type { HttpContext } from '@adonisjs/core/http'
import Invoice from '#models/invoice'
import { contentsOf } from '#models/invoice/contents'
import { invoicePdf } from '#models/invoice/document'
import { storedLines } from '#models/statement/listing'
import StaffPolicy from '#policies/staff_policy'

/** ORD-07: the invoice that the customer has. */
export default class InvoicesController {
  async show({ bouncer, params, response }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const invoice = await Invoice.query().where('id', params.id).preload('statement').firstOrFail()
    const lines = await storedLines(invoice.statementId)
    const pdf = await invoicePdf(contentsOf(invoice, invoice.statement, lines))
    response.header('Content-Type', 'application/pdf')
    response.header('Content-Disposition', `inline; filename="${invoice.number}.pdf"`)
    return response.send(pdf)
  }
}
