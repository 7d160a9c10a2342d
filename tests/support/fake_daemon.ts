import type { DesiredDomain, DesiredServer } from '#convergence/desired_server'
import type { Change, Command, Service } from '#convergence/service'
import { toAbsolutePath, toDomainName, toUnixName } from '#convergence/syntax/names'

/** What the fake daemon reads of a domain is its quota; these are refused at different moments. */
export const refusedBy = { checkByPath: 601, checkInSilence: 602, activation: 603, probe: 604 }

/** A server as the engine gets it, with the domains of these quotas by id. */
export function desiredServer(
  quotas: Readonly<Record<number, number>>,
  scope: 'all' | readonly number[] = 'all'
): DesiredServer {
  const domains = Object.entries(quotas).map(([id, quotaMb]) => desiredDomain(Number(id), quotaMb))
  const touched = domains.filter(({ id }) => scope === 'all' || scope.includes(id))
  return {
    id: 1,
    name: toUnixName('msv000001'),
    address: '192.0.2.1',
    hostname: toDomainName('msv000001.mngsv.biz'),
    domains,
    details: new Map(touched.map((domain) => [domain.id, domain])),
    phpVersions: ['8.4'],
    acmeThumbprint: null,
    providerCertificates: [],
    addedAddresses: [],
    network: {
      globalConnected: true,
      panelAddresses: [],
      restricted: {},
      privateCard: null,
    },
  }
}

function desiredDomain(id: number, quotaMb: number): DesiredDomain {
  const name = toDomainName(`d${id}.example.jp`)
  return {
    id,
    name,
    testName: toDomainName(`t${id}.mngsv.biz`),
    unixName: toUnixName(`d${id}`),
    uid: 20000 + id,
    slot: id,
    suspended: false,
    sshForbidden: false,
    passwordHash: 'x',
    root: toAbsolutePath(`/data/domain/${name}`),
    quotaMb,
    php: { http: '8.4', https: '8.4', stagingHttp: '8.4', stagingHttps: '8.4' },
    mailboxes: [],
    mailingLists: [],
    databases: [],
    databaseUsers: [],
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
    certificate: null,
    https: { redirect: false, hstsSeconds: 0, http2: true },
    automaticCertificate: false,
  }
}

const owned = { owner: 'root', group: 'root', mode: 0o644 } as const
const folder = toAbsolutePath('/etc/daemon')
const fileOf = (id: number) => toAbsolutePath(`/etc/daemon/d${id}.conf`)

/**
 * A daemon that reads one file per domain and one that names all domains. Its commands look below
 * `root`, where the agent of a test works.
 */
export function fakeDaemon(root: string): Service {
  const grep = (quota: number, shown: string) =>
    [
      'sh',
      '-c',
      `found=$(grep -lrx 'quota ${quota}' ${root}/etc/daemon | sed s,^${root},,); [ -z "$found" ] || { ${shown}; exit 1; }`,
    ] as const
  return {
    name: 'daemon',
    after: ['volumes'],
    serverResources: (server) => [
      { kind: 'directory', path: folder, ...owned, mode: 0o755 },
      {
        kind: 'file',
        path: toAbsolutePath('/etc/daemon/main.conf'),
        content: server.domains.map(({ name }) => `${name}\n`).join(''),
        ...owned,
      },
      { kind: 'unit', name: 'daemon.service' },
    ],
    domainResources: ({ id, quotaMb, root: home, uid }) => [
      { kind: 'file', path: fileOf(id), content: `quota ${quotaMb}\n`, ...owned },
      { kind: 'unit', name: `daemon@d${id}.socket` },
      {
        kind: 'table',
        database: toAbsolutePath('/var/lib/tsukasa/daemon.sqlite'),
        table: 'domains',
        rows: [[`d${id}`, String(quotaMb)]],
      },
      { kind: 'directory', path: home, owner: 0, group: uid, mode: 0o750 },
      {
        kind: 'directory',
        path: toAbsolutePath(`${home}/html`),
        owner: uid,
        group: uid,
        mode: 0o700,
        seed: true,
      },
      {
        kind: 'file',
        path: toAbsolutePath(`${home}/html/index.html`),
        content: 'hello\n',
        owner: uid,
        group: uid,
        mode: 0o644,
        seed: true,
      },
    ],
    checks: () =>
      [
        { argv: grep(refusedBy.checkByPath, 'echo "error in $found:1"') },
        { argv: grep(refusedBy.checkInSilence, 'echo "error somewhere"') },
      ] satisfies Command[],
    activations: () =>
      [
        { argv: ['sh', '-c', `echo reload >> ${root}/reloads`] },
        { argv: grep(refusedBy.activation, 'echo "can not read $found"') },
      ] satisfies Command[],
    probes: (changes) =>
      changedDomains(changes).map((id) => ({
        kind: 'command' as const,
        scope: `domain:${id}` as const,
        argv: ['sh', '-c', `! grep -qx 'quota ${refusedBy.probe}' ${root}${fileOf(id)}`] as const,
        within: 0.1,
      })),
  }
}

function changedDomains(changes: readonly Change[]): number[] {
  const wanted = changes.filter(({ action, scope }) => action !== 'remove' && scope !== 'server')
  return [...new Set(wanted.map(({ scope }) => Number(scope.slice('domain:'.length))))]
}

/** Every domain has a volume; where they are is remembered by `FakeVolumes`. */
export const fakeVolumeService: Service = {
  name: 'volumes',
  after: [],
  serverResources: () => [],
  domainResources: ({ id, root }) => [{ kind: 'volume', name: `d${id}`, path: root, sizeMb: 100 }],
  checks: () => [],
  activations: () => [],
  probes: () => [],
}
