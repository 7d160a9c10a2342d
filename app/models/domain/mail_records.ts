import type Domain from '#models/domain'
import type Server from '#models/server'

export type MailRecordKind =
  'mx' | 'mx_elsewhere' | 'spf' | 'dkim' | 'dmarc' | 'mta_sts' | 'mta_sts_host' | 'autoconfig'

/** What a domain's DNS should say about its mail (MAIL-11). */
export interface MailRecord {
  readonly kind: MailRecordKind
  readonly type: 'MX' | 'TXT' | 'A'
  /** Whole name, A-labels, without a dot at the end. */
  readonly name: string
  /** The same below the domain, as most DNS pages want it; `@` for the domain itself. */
  readonly label: string
  /** In one piece; null where the record is the customer's business. */
  readonly value: string | null
  /** The value as zone files need it when it is longer than one string may be (RFC 1035, 3.3.14). */
  readonly quoted: string | null
}

type Wanted = Pick<
  Domain,
  'name' | 'outMx' | 'dkimSelector' | 'dkimPublicKey' | 'mtaSts' | 'mtaStsChangedAt'
>
type Host = Pick<Server, 'hostname' | 'address'>

export function recordsOf(domain: Wanted, { hostname, address }: Host): MailRecord[] {
  const record = (
    kind: MailRecordKind,
    type: MailRecord['type'],
    label: string,
    value: string | null
  ): MailRecord => ({
    kind,
    type,
    label,
    name: label === '@' ? domain.name : `${label}.${domain.name}`,
    value,
    quoted: type === 'TXT' && value ? quotedText(value) : null,
  })
  const records = [
    domain.outMx
      ? record('mx_elsewhere', 'MX', '@', null)
      : record('mx', 'MX', '@', `10 ${hostname}.`),
    record('spf', 'TXT', '@', spfOf(hostname, address)),
    record('dmarc', 'TXT', '_dmarc', `v=DMARC1; p=none; rua=mailto:postmaster@${domain.name}`),
  ]
  if (domain.dkimSelector) {
    const label = `${domain.dkimSelector}._domainkey`
    const value = `v=DKIM1; k=rsa; p=${domain.dkimPublicKey}`
    records.splice(2, 0, record('dkim', 'TXT', label, value))
  }
  // Without mail of its own the server has no policy for the domain, either
  if (domain.mtaSts !== 'none' && !domain.outMx) {
    records.push(
      record('mta_sts', 'TXT', '_mta-sts', `v=STSv1; id=${policyId(domain)};`),
      record('mta_sts_host', 'A', 'mta-sts', address)
    )
  }
  if (!domain.outMx) {
    records.push(record('autoconfig', 'A', 'autoconfig', address))
    records.push(record('autoconfig', 'A', 'autodiscover', address))
  }
  return records
}

function spfOf(hostname: string, address: string | null) {
  return ['v=spf1', `a:${hostname}`, ...(address ? [`ip4:${address}`] : []), '~all'].join(' ')
}

/** RFC 8461, 3.1: another one tells senders that the policy has changed. */
function policyId({ mtaStsChangedAt }: Wanted) {
  return mtaStsChangedAt?.toUTC().toFormat('yyyyLLddHHmmss') ?? '1'
}

/** Strings of at most 255 octets; receivers put them together without a space (RFC 7208, 3.3). */
function quotedText(value: string) {
  const parts = value.match(/.{1,255}/g) ?? []
  return parts.map((part) => `"${part}"`).join(' ')
}
