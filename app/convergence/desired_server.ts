import type {
  AbsolutePath,
  AddressRange,
  DatabaseName,
  DomainName,
  EmailAddress,
  LocalPart,
  SenderPattern,
  UnixName,
  UrlPath,
} from '#convergence/syntax/names'

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
  /** OPT-03: beside the first, each on a card of its own. */
  readonly addedAddresses: readonly AddedAddress[]
  readonly network: DesiredNetwork
  /** Fully qualified host name that mail daemons announce. */
  readonly hostname: DomainName
  readonly domains: readonly DomainHead[]
  readonly details: ReadonlyMap<number, DesiredDomain>
  /** PHP versions that were discovered on the server, newest first, e.g. `['8.4', '8.2']`. */
  readonly phpVersions: readonly string[]
  /** WEB-09: of the key by which the panel is known to the authority (RFC 7638); null while there is none. */
  readonly acmeThumbprint: string | null
  /** The provider's own, for names that he gives out; the first that covers a name counts. */
  readonly providerCertificates: readonly DesiredCertificate[]
}

/** Who reaches the server, and over what. */
export interface DesiredNetwork {
  /** NET-01: otherwise nobody but the panel reaches it over the global network, and it reaches nobody. */
  readonly globalConnected: boolean
  /** Whence the panel comes: its way in is never closed. */
  readonly panelAddresses: readonly AddressRange[]
  /** NET-03: by port (`80`, `10000-10999`), whom alone it is open to. Ports that aren't in here are open to all. */
  readonly restricted: Readonly<Record<string, readonly AddressRange[]>>
  /** NET-02; null: the server is not in it. */
  readonly privateCard: PrivateCard | null
}

export interface PrivateCard {
  /** Dotted quad. */
  readonly address: string
  /** Of the network, e.g. 22. It has no gateway. */
  readonly prefixLength: number
}

export interface AddedAddress {
  /** Dotted quad. */
  readonly address: string
  /** Of the network, e.g. 20. */
  readonly prefixLength: number
  readonly gateway: string
  /** The card's name inside the server. */
  readonly card: string
}

export interface DesiredCertificate {
  /** What it is for: names, some with `*.` in front; sorted. */
  readonly names: readonly string[]
  /** PEM: the certificate and what leads to its root. */
  readonly chain: string
  /** PEM (PKCS #8). */
  readonly privateKey: string
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
  /** SSH-03: the contractor lets nobody of the domain in over SSH and SFTP. */
  readonly sshForbidden: boolean
  /** The domain's root directory, `/data/domain/<name>`. */
  readonly root: AbsolutePath
  /** MAIL-10: mail to the domain follows its MX; nothing is delivered here. */
  readonly outMx: boolean
  /** MAIL-11: under which selector its mail is signed; null while it is not. */
  readonly dkimSelector: string | null
  /** MAIL-11 (RFC 8461): the policy served at `mta-sts.<name>`. */
  readonly mtaSts: MtaSts
}

export type MtaSts = 'none' | 'testing' | 'enforce'

export interface DesiredDomain extends DomainHead {
  /** Size of the domain's volume in MiB (PNL-05). */
  readonly quotaMb: number
  /** WEB-03: PHP version per port; each is one of `DesiredServer.phpVersions`. */
  readonly php: Readonly<Record<WebPort, string>>
  /** WEB-03: values of php.ini as it writes them, by name, in the order in which they are written. */
  readonly phpSettings: Readonly<Record<string, string>>
  /** WEB-03: seconds since 1970 when PHP was last to read everything anew; 0 usually. */
  readonly phpReloadedAt: number
  /** WEB-01: instead of the server's own pages, by status. */
  readonly errorPages: readonly { readonly status: number; readonly path: UrlPath }[]
  readonly mailboxes: readonly DesiredMailbox[]
  readonly mailingLists: readonly DesiredMailingList[]
  readonly databases: readonly DesiredDatabase[]
  readonly databaseUsers: readonly DesiredDatabaseUser[]
  /** MAIL-05: senders that all users of the domain want without a spam check, at most 100. */
  readonly allowedSenders: readonly SenderPattern[]
  /** PEM (PKCS #8) of an RSA key; null where `dkimSelector` is. */
  readonly dkimPrivateKey: string | null
  /** MAIL-11: recipients that one account may send to. */
  readonly sendingLimits: { readonly perHour: number; readonly perDay: number }
  /** MAIL-11: as `sendingUnlockedAt` of a mailbox, for what the domain's programs sent. */
  readonly programsUnlockedAt: number
  /** ALOG-01: days that its logs are kept, 1 … 366. */
  readonly logDays: number
  /** OPT-05, WEB-09: shown for those of the domain's names that it covers; null: the server's own is. */
  readonly certificate: DesiredCertificate | null
  /** WEB-09. `redirect`, `hstsSeconds` (0: none): for names that the certificate covers. */
  readonly https: {
    readonly redirect: boolean
    readonly hstsSeconds: number
    readonly http2: boolean
  }
  /** WEB-09: an authority may ask for the domain's names. */
  readonly automaticCertificate: boolean
  /** WEB-02: only while it is under way. */
  readonly exchange?: DesiredExchange
  /** OPT-12; null: it was never on. */
  readonly waf: DesiredWaf | null
}

/** What ModSecurity does with requests to a site. */
export interface DesiredWaf {
  readonly mode: 'off' | 'detect' | 'block'
  /** The paranoia level of the OWASP CRS. */
  readonly level: 1 | 2 | 3 | 4
  /** Whose ordinary requests are known to it. */
  readonly program: 'none' | 'wordpress' | 'drupal' | 'nextcloud' | 'dokuwiki' | 'xenforo'
  /** Rules that do not look; `path` as people read it, `*` at its end for all below, null for everywhere. */
  readonly exceptions: readonly { readonly rule: number; readonly path: string | null }[]
}

/** `swap`: what is public and what is on staging; `fill`: staging, and what was prepared for it. */
export interface DesiredExchange {
  /** Greater than that of every earlier one of the domain. */
  readonly serial: number
  readonly kind: 'swap' | 'fill'
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
  /** Argon2id as a PHC string, or bcrypt `$2b$…` in crypt(5) form. */
  readonly passwordHash: string
  readonly suspended: boolean
  /** MAIL-03: whether the user is told of infected mail that was stopped. */
  readonly virusWarning: boolean
  /** MAIL-04; null: not checked. `score`: marked as spam from this many points. */
  readonly spam: { readonly score: 5 | 10 | 13; readonly action: SpamAction } | null
  /** MAIL-05, at most 100; beats `rejectedSenders`. */
  readonly allowedSenders: readonly SenderPattern[]
  /** MAIL-08, at most 100. */
  readonly rejectedSenders: readonly SenderPattern[]
  /** MAIL-07, at most 100 addresses; null where there is none. */
  readonly forward: { readonly to: readonly EmailAddress[]; readonly keep: boolean } | null
  /** MAIL-09: `data/myscript` below the home gets each message. */
  readonly userScript: boolean
  /** WEB-05: by FTP he sees the domain's whole tree as its admin does, instead of his home alone. */
  readonly ftpRight: boolean
  readonly vacation: DesiredVacation | null
  /** MAIL-11: seconds since 1970; what was sent before counts no more against `sendingLimits`. 0 usually. */
  readonly sendingUnlockedAt: number
}

/** `tag`: the subject gets a mark; `quarantine`: into JunkMail; `delete`: gone. */
export type SpamAction = 'tag' | 'quarantine' | 'delete'

export interface DesiredVacation {
  /** One line, any script. */
  readonly subject: string
  /** Lines end with \n. */
  readonly text: string
  /** First and last day, `YYYY-MM-DD`, in Asia/Tokyo; null: open. */
  readonly from: string | null
  readonly until: string | null
}

/** WEB-04: at most 10 of a domain. */
export interface DesiredDatabase {
  readonly name: DatabaseName
  readonly charset: DatabaseCharset
}

export type DatabaseCharset = 'utf8mb4' | 'cp932' | 'eucjpms'

export interface DesiredDatabaseUser {
  readonly name: DatabaseName
  /** `*` and 40 hexadecimal digits: mysql_native_password, which PHP of all versions speaks. Of a password that we made. */
  readonly passwordHash: string
  /** Sorted by database. */
  readonly rights: readonly { readonly database: DatabaseName; readonly level: DatabaseLevel }[]
}

/** `all`: tables too; `write`: what is in them; `read`: nothing is changed. */
export type DatabaseLevel = 'all' | 'write' | 'read'

/** MAIL-06. */
export interface DesiredMailingList {
  readonly id: number
  readonly localPart: LocalPart
  readonly posting: 'anyone' | 'members' | 'moderators'
  /** What waits for a moderator; `others`: posts of those who may not post. */
  readonly moderation: 'none' | 'others' | 'all'
  /** None: the domain's admin. */
  readonly moderators: readonly EmailAddress[]
  /** One line in front of each subject. */
  readonly subjectPrefix: string | null
  /** People join by mail after they confirmed it. */
  readonly autoSubscription: boolean
  readonly archive: boolean
  readonly replyTo: 'list' | 'author'
  /** Sorted. */
  readonly members: readonly EmailAddress[]
  /** Of the changes that mail made on the server, `members` have those of this epoch up to that number. */
  readonly changes: { readonly epoch: string | null; readonly seen: number }
}
