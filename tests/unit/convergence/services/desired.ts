import type {
  DesiredDomain,
  DesiredNetwork,
  DesiredServer,
  DomainHead,
} from '#convergence/desired_server'
import { deepFreeze } from '#convergence/desired/deep_freeze'
import {
  toAbsolutePath,
  toAddressRange,
  toDomainName,
  toLocalPart,
  toUnixName,
} from '#convergence/syntax/names'

/** A mailbox for which nothing was set. */
export const plainMail = {
  virusWarning: true,
  spam: { score: 10, action: 'tag' },
  allowedSenders: [],
  rejectedSenders: [],
  forward: null,
  userScript: false,
  vacation: null,
  sendingUnlockedAt: 0,
} as const

/** A domain for whose mail nothing was set. */
export const noMail = {
  outMx: false,
  dkimSelector: null,
  mtaSts: 'none',
  allowedSenders: [],
  dkimPrivateKey: null,
  sendingLimits: { perHour: 300, perDay: 2000 },
  programsUnlockedAt: 0,
  logDays: 10,
  phpSettings: {},
  phpReloadedAt: 0,
  errorPages: [],
  waf: null,
} as const

/** A domain that shows the server's certificate. */
export const noTls = {
  certificate: null,
  https: { redirect: false, hstsSeconds: 0, http2: true },
  automaticCertificate: false,
} as const

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
    sshForbidden: false,
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
        ftpRight: true,
        ...plainMail,
      },
    ],
    mailingLists: [],
    databases: [],
    databaseUsers: [],
    ...noMail,
    ...noTls,
    ...changes,
  }
}

/** A server with these domains; `touched` are those whose content a narrow apply knows. */
/** As every new server's. */
export const openNetwork: DesiredNetwork = {
  globalConnected: true,
  panelAddresses: [toAddressRange('192.0.2.1')],
  restricted: {},
  privateCard: null,
}

export function desiredServer(
  domains: readonly DesiredDomain[],
  touched: readonly DesiredDomain[] = domains
): DesiredServer {
  return deepFreeze({
    id: 1,
    name: toUnixName('msv000001'),
    address: '192.0.2.10',
    hostname: toDomainName('msv000001.example.jp'),
    domains: domains.map(headOf),
    details: new Map(touched.map((domain) => [domain.id, domain])),
    phpVersions: ['8.4', '8.2'],
    acmeThumbprint: null,
    providerCertificates: [],
    addedAddresses: [],
    network: openNetwork,
  })
}

function headOf({
  quotaMb,
  php,
  mailboxes,
  mailingLists,
  allowedSenders,
  dkimPrivateKey,
  sendingLimits,
  programsUnlockedAt,
  phpSettings,
  phpReloadedAt,
  errorPages,
  certificate,
  https,
  automaticCertificate,
  ...head
}: DesiredDomain): DomainHead {
  return head
}
