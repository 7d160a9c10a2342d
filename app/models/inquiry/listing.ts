import db from '@adonisjs/lucid/services/db'
import type Account from '#models/account'
import { pageOf } from '#models/page'

export interface InquiryRow {
  readonly id: number
  readonly subject: string
  readonly asked_by: string
  readonly created_at: string
  readonly answered_at: string | null
}

const columns = ['id', 'subject', 'asked_by', 'created_at', 'answered_at'].map(
  (name) => `inquiries.${name}`
)

/** What he asked; a contractor sees those of his domain admins, too. */
export function inquiryRowsOf(account: Account, page: number) {
  const query = db.from('inquiries').where('contract_id', account.contractId)
  if (!account.isContractor) query.where('domain_id', account.domainId!)
  return pageOf<InquiryRow>(query.select(columns).orderBy('id', 'desc'), page)
}

export interface StaffInquiryRow extends InquiryRow {
  readonly contract_code: string
  readonly contract_name: string
}

/** Of all contracts; those without an answer first, the oldest of them first. */
export function allInquiryRows(page: number, answered: boolean) {
  const query = db
    .from('inquiries')
    .join('contracts', 'contracts.id', 'inquiries.contract_id')
    .select(columns)
    .select('contracts.code as contract_code', 'contracts.name as contract_name')
  if (answered) query.whereNotNull('inquiries.answered_at').orderBy('inquiries.id', 'desc')
  else query.whereNull('inquiries.answered_at').orderBy('inquiries.id')
  return pageOf<StaffInquiryRow>(query, page)
}
