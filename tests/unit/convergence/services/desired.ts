import type { DesiredDomain, DesiredServer } from '#convergence/desired_server'
import { deepFreeze } from '#convergence/desired/deep_freeze'
import { toAbsolutePath, toDomainName, toLocalPart, toUnixName } from '#convergence/syntax/names'

/** A domain as services get it; `id` makes everything else unique. */
export function desiredDomain(id: number, changes: Partial<DesiredDomain> = {}): DesiredDomain {
  const name = changes.name ?? toDomainName(`site${id}.example.jp`)
  const version = '8.4'
  return {
    id,
    name,
    testName: toDomainName(`t${id}.mngsv.biz`),
    unixName: toUnixName(`d${id}`),
    uid: 20000 + id,
    slot: id,
    suspended: false,
    passwordHash: `$2b$10$${'a'.repeat(53)}`,
    root: toAbsolutePath(`/data/domain/${name}`),
    quotaMb: 500,
    php: { http: version, https: version, stagingHttp: '8.2', stagingHttps: '8.2' },
    mailboxes: [
      {
        id: id * 10,
        localPart: toLocalPart('admin'),
        uid: 30000 + id,
        quotaMb: 100,
        passwordHash: `$2b$10$${'b'.repeat(53)}`,
        suspended: false,
      },
    ],
    ...changes,
  }
}

/** A server with these domains; `touched` are those whose content a narrow apply knows. */
export function desiredServer(
  domains: readonly DesiredDomain[],
  touched: readonly DesiredDomain[] = domains
): DesiredServer {
  return deepFreeze({
    id: 1,
    name: toUnixName('msv000001'),
    address: '192.0.2.10',
    hostname: toDomainName('msv000001.example.jp'),
    domains: domains.map(({ quotaMb, php, mailboxes, ...head }) => head),
    details: new Map(touched.map((domain) => [domain.id, domain])),
    phpVersions: ['8.4', '8.2'],
  })
}
