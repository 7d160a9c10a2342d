import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'

let roots: Map<string, X509Certificate[]> | undefined

/** Authorities that browsers know, by subject. */
function rootsNamed(subject: string): X509Certificate[] {
  roots ??= Map.groupBy(
    rootCertificates.map((pem) => new X509Certificate(pem)),
    (root) => root.subject
  )
  return roots.get(subject) ?? []
}

export interface Chain {
  /** Issuers in the order in which a server sends them, without the root. */
  readonly intermediates: readonly X509Certificate[]
  /** trusted: a known authority stands behind it; private: an unknown one that was given, too; open: something is missing. */
  readonly ends: 'trusted' | 'private' | 'open'
  /** Who issued the last one. */
  readonly issuer: string
}

/** Put in order whatever the order was; what does not belong to it is left out. */
export function chainOf(leaf: X509Certificate, others: readonly X509Certificate[]): Chain {
  const intermediates: X509Certificate[] = []
  for (let last = leaf; ;) {
    const { issuer } = last
    if (rootsNamed(issuer).some((root) => isIssued(last, root))) {
      return { intermediates, ends: 'trusted', issuer }
    }
    const next = others.find((other) => !intermediates.includes(other) && isIssued(last, other))
    if (!next) return { intermediates, ends: 'open', issuer }
    if (next.subject === next.issuer) return { intermediates, ends: 'private', issuer }
    intermediates.push(next)
    last = next
  }
}

function isIssued(certificate: X509Certificate, by: X509Certificate): boolean {
  try {
    return by.ca && certificate.checkIssued(by) && certificate.verify(by.publicKey)
  } catch {
    return false
  }
}

/** The part of a distinguished name that people know somebody by. */
export function shownName(distinguished: string): string {
  const parts = distinguished.split('\n')
  const valueOf = (name: string) =>
    parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1)
  return (valueOf('CN') ?? valueOf('O') ?? parts.at(-1) ?? '').slice(0, 200)
}
