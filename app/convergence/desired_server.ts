import type { AbsolutePath, DomainName, LocalPart, UnixName } from '#convergence/syntax/names'

/**
 * What one server should be, as one frozen plain object. It is all that the convergence engine
 * ever sees of the database: services never import a Lucid model.
 *
 * `domains` always holds every domain of the server as a head; `details` holds the full content of
 * the domains that this apply touches (of all of them in a full converge). Server-wide files must
 * therefore be rendered from heads alone, or a narrow apply would write other bytes than a full one.
 */
export interface DesiredServer {
  readonly id: number
  /** Instance and host name, e.g. `msv000001`; unique over all compute nodes. */
  readonly name: UnixName
  /** The server's first IPv4 address, dotted quad. It is also the source of outbound connections (NET-05). */
  readonly address: string
  /** Fully qualified host name that mail daemons announce. */
  readonly hostname: DomainName
  readonly domains: readonly DomainHead[]
  readonly details: ReadonlyMap<number, DesiredDomain>
  /** PHP versions that were discovered on the server, newest first, e.g. `['8.4', '8.2']`. */
  readonly phpVersions: readonly string[]
}

/** The part of a domain that server-wide files need; cheap to load for 200 domains. */
export interface DomainHead {
  readonly id: number
  /** ASCII (A-label) form, lower case, no trailing dot. */
  readonly name: DomainName
  /** DOM-03: `<unique>.mngsv.biz`; serves the same site before DNS moves. */
  readonly testName: DomainName
  /** Unix account of the domain, `d<id>`. */
  readonly unixName: UnixName
  /** uid and gid of that account on this server; ≥ 20000, never reused. */
  readonly uid: number
  /** 1 … 65534: which loopback address 127.1.x.y the domain's own web server has. Unique per server, never 0. */
  readonly slot: number
  readonly suspended: boolean
  /** Hash in crypt(5) form of the domain admin's password: SSH and SFTP (SSH-01). */
  readonly passwordHash: string
  /** The domain's root directory, `/data/domain/<name>`. */
  readonly root: AbsolutePath
}

export interface DesiredDomain extends DomainHead {
  /** Size of the domain's volume in MiB (PNL-05). */
  readonly quotaMb: number
  /** WEB-03: PHP version per port; each is one of `DesiredServer.phpVersions`. */
  readonly php: Readonly<Record<WebPort, string>>
  readonly mailboxes: readonly DesiredMailbox[]
}

export type WebPort = 'http' | 'https' | 'stagingHttp' | 'stagingHttps'

export interface DesiredMailbox {
  readonly id: number
  /** Lower case; `admin` is the domain admin's own. */
  readonly localPart: LocalPart
  /** uid of the mailbox's files and scripts; unique per server, ≥ 20000, never reused. Its gid is the domain's. */
  readonly uid: number
  /** Mail quota in MiB; 0 is no limit of its own (the domain's volume still limits). */
  readonly quotaMb: number
  /** crypt(5) form, bcrypt `$2b$…`. */
  readonly passwordHash: string
  readonly suspended: boolean
}
