import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import Certificate from '#models/certificate'
import type { CheckedCertificate } from '#models/certificate/check'
import { covers, mailNames, webNames } from '#models/certificate/names'
import type Domain from '#models/domain'

/** What visitors of a domain lose when one certificate takes the place of another (OPT-05). */
export interface Losses {
  /** Of the domain, covered until now. */
  readonly names: readonly string[]
  /** The earlier end; null when it does not end earlier. */
  readonly endsAt: DateTime | null
  /** Browsers know who stands behind the one, and not behind the other. */
  readonly trust: boolean
}

export type Offer = Pick<CheckedCertificate, 'names' | 'validUntil' | 'isTrusted'>

/** One that ends on the same day is no loss. */
const noticed = { days: 1 }

/** Null when nothing is lost: also instead of none, or of one that is over. */
export function lossesOf(
  { name }: Pick<Domain, 'name'>,
  now: Certificate | null,
  next: Offer
): Losses | null {
  if (!now?.isIssued || now.isOver) return null
  const names = [...webNames(name), ...mailNames(name)].filter(
    (each) => covers(now.coveredNames, each) && !covers(next.names, each)
  )
  const end = DateTime.fromJSDate(next.validUntil)
  const endsAt = end < now.validUntil!.minus(noticed) ? end : null
  const trust = Boolean(now.trusted) && !next.isTrusted
  return names.length > 0 || endsAt || trust ? { names, endsAt, trust } : null
}

/** Whether any of these domains would lose something; their servers are locked. */
export async function isLossFor(
  domains: readonly Domain[],
  next: Offer,
  client: TransactionClientContract
): Promise<boolean> {
  for (const { id, name } of domains) {
    const served = client.from('domains').where('id', id).select('certificate_id')
    const now = await Certificate.query({ client }).whereIn('id', served).first()
    if (lossesOf({ name }, now, next)) return true
  }
  return false
}

/** What the use of another one would take from visitors, beside what they are shown now; null without a choice. */
export async function lossesBy(domain: Domain, other: Certificate) {
  const used = domain.certificateId ? await Certificate.find(domain.certificateId) : null
  if (!used || used.id === other.id || !other.suits(domain)) return null
  return { used, all: lossesOf(domain, used, other.offer) }
}
