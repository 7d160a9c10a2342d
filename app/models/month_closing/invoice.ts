import type { Month } from '#billing/month'
import { invoiceIssuer } from '#config/billing'
import type { InvoiceRecipient } from '#models/invoice'
import type { ContractRow } from '#models/month_closing/facts'

/** Issued on the first day after the month, to be paid until that month's end. The number says what it is for. */
export function invoiceOf({ id, code, ...contract }: ContractRow, month: Month) {
  const postcode = contract.postal_code && `〒${contract.postal_code}`
  const lines = [postcode, contract.address].filter((line) => line !== null && line !== '')
  const name = contract.addressee ?? contract.name
  const billedTo: InvoiceRecipient = { code, name, lines: lines as string[] }
  return {
    contract_id: id,
    number: `${month.toString().replace('-', '')}-${code}`,
    issued_on: month.next.first.toString(),
    due_on: month.next.last.toString(),
    billed_to: JSON.stringify(billedTo),
    issuer: JSON.stringify(invoiceIssuer),
  }
}
