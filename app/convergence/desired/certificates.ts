import encryption from '@adonisjs/core/services/encryption'
import db from '@adonisjs/lucid/services/db'
import { acme } from '#config/certificates'
import type { DesiredCertificate, DesiredDomain } from '#convergence/desired_server'

export type WebSecurity = Pick<DesiredDomain, 'certificate' | 'https' | 'automaticCertificate'>

export interface DomainCertificates {
  readonly byId: ReadonlyMap<number, DesiredCertificate>
  /** Ids of domains that an authority gives certificates to. */
  readonly automatic: ReadonlySet<number>
}

/** `rows`: of `domains`. One query for a domain without any. */
export async function loadCertificates(rows: readonly any[]): Promise<DomainCertificates> {
  const ids = rows.flatMap(({ certificate_id: id }) => (id === null ? [] : [id as number]))
  const found = ids.length === 0 ? [] : await db.from('certificates').whereIn('id', ids)
  const automatic = await db
    .from('automatic_certificates')
    .whereIn(
      'domain_id',
      rows.map(({ id }) => id)
    )
    .select('domain_id')
  return {
    byId: new Map(found.filter(isIssued).map((row) => [row.id, toCertificate(row)])),
    automatic: new Set(automatic.map((row) => row.domain_id)),
  }
}

/** `row`: of `domains`. */
export function webSecurityOf(row: any, { byId, automatic }: DomainCertificates): WebSecurity {
  return {
    certificate: byId.get(row.certificate_id) ?? null,
    https: {
      redirect: Boolean(row.https_redirect),
      hstsSeconds: row.https_redirect ? row.hsts_seconds : 0,
      http2: Boolean(row.http_two),
    },
    automaticCertificate: automatic.has(row.id),
  }
}

export async function loadProviderCertificates(): Promise<DesiredCertificate[]> {
  const rows = await db.from('certificates').where('source', 'provider').orderBy('id', 'desc')
  return rows.filter(isIssued).map(toCertificate)
}

export async function loadAcmeThumbprint(): Promise<string | null> {
  const row = await db.from('acme_accounts').where('directory', acme.directory).first()
  return row?.thumbprint ?? null
}

const isIssued = (row: any) => row.certificate !== null

/** A key that another APP_KEY encrypted stops the apply: visitors would be shown a foreign certificate. */
function toCertificate(row: any): DesiredCertificate {
  const privateKey = encryption.decrypt<string>(row.private_key)
  if (privateKey === null) throw new Error('a certificate key was encrypted with another APP_KEY')
  return { names: JSON.parse(row.names), chain: row.certificate + row.chain, privateKey }
}
