import db from '@adonisjs/lucid/services/db'
import { pageOf } from '#models/page'

export interface FailingCertificate {
  readonly unicode_name: string
  readonly contract_id: number
  readonly contract_code: string
  readonly server_id: number
  readonly server_name: string
  readonly failure: string
  readonly attempts: number
  readonly next_try_at: string | null
}

/** One failure or two pass by themselves. */
export const failing = () =>
  db
    .from('automatic_certificates')
    .where('automatic_certificates.state', 'failed')
    .where('attempts', '>=', 3)

export function failingCertificates(page: number) {
  const query = failing()
    .join('domains', 'domains.id', 'automatic_certificates.domain_id')
    .join('servers', 'servers.id', 'domains.server_id')
    .join('contracts', 'contracts.id', 'domains.contract_id')
    .select('domains.unicode_name', 'domains.contract_id', 'contracts.code as contract_code')
    .select('domains.server_id', 'servers.name as server_name')
    .select('failure', 'attempts', 'next_try_at')
    .orderBy('automatic_certificates.id')
  return pageOf<FailingCertificate>(query, page)
}
