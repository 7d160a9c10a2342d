import type { AbsolutePath, DatabaseName } from '#convergence/syntax/names'

/**
 * One thing that a server has because we want it to. The engine compares, applies, journals and
 * undoes each kind; services only describe.
 */
export type Resource =
  | FileResource
  | DirectoryResource
  | SymlinkResource
  | TableResource
  | UnitResource
  | VolumeResource
  | ExchangeResource
  | DatabaseResource
  | DatabaseUserResource

/** `server`, or `domain:<id>`: who asked for a resource, and so what a narrow apply may touch and remove. */
export type Scope = 'server' | `domain:${number}`

interface Owned {
  /** A user or group name, or a numeric id for those that have no name on the server. */
  readonly owner: string | number
  readonly group: string | number
  /** 0 … 0o7777. */
  readonly mode: number
}

/** A whole generated file. Written to a temporary name beside it, fsynced, renamed. */
export interface FileResource extends Owned {
  readonly kind: 'file'
  readonly path: AbsolutePath
  readonly content: string
  /** Content is never shown in diffs, logs or pages, only its digest. */
  readonly secret?: boolean
  /**
   * `seed`: written once when absent and left alone afterwards, because it belongs to the customer
   * from then on (a first index.html). Never removed, never counted as drift.
   * A seed is written with the uid and gid of `owner`/`group`, never as root (it lies where a customer can write).
   */
  readonly seed?: boolean
}

/**
 * A directory. Removal happens only when it is empty, and never for `seed` (customer data).
 * `seed` directories lie where customers can write: only ever created, as owner; mode is set at creation.
 */
export interface DirectoryResource extends Owned {
  readonly kind: 'directory'
  readonly path: AbsolutePath
  readonly seed?: boolean
  /**
   * The home of one mailbox: a person confirmed that it goes, so it is removed with all in it, once
   * the rest of the apply holds (it can't be put back). Its parent must be root's own. Content is
   * unlinked as `owner`, without following links.
   */
  readonly tree?: boolean
}

export interface SymlinkResource {
  readonly kind: 'symlink'
  readonly path: AbsolutePath
  readonly target: string
}

/**
 * Rows that one scope owns in one table of an SQLite map that daemons read live (no reload).
 * The table has columns `scope`, `key`, `value`; a changed scope is replaced in one transaction.
 */
export interface TableResource {
  readonly kind: 'table'
  readonly database: AbsolutePath
  readonly table: string
  /** Values are never shown, only their digest. */
  readonly secret?: boolean
  /** Sorted by key; keys unique within the resource. */
  readonly rows: readonly (readonly [key: string, value: string])[]
}

/** A systemd unit that should be active. Started when missing, stopped when no longer wanted. */
export interface UnitResource {
  readonly kind: 'unit'
  /** E.g. `tsukasa-web@d12.socket`. */
  readonly name: string
}

/**
 * A block of storage with a limit of its own, mounted at `path` (platform: custom volume, or project
 * quota on adopted machines). It is created before everything else of its scope and removed last.
 */
export interface VolumeResource {
  readonly kind: 'volume'
  /** Unique on the compute node's pool. */
  readonly name: string
  readonly path: AbsolutePath
  readonly sizeMb: number
}

/**
 * Directories that change places, once (WEB-02). An order and not a state: it is in no manifest, so nothing ever heals
 * it, and it is wanted only until it is done. `path` is a file of root's beside them that says by its number which
 * order was carried out last; where it says this one, nothing is to be done.
 */
export interface ExchangeResource {
  readonly kind: 'exchange'
  readonly path: AbsolutePath
  readonly serial: number
  /** On one file system, and each in a directory that is root's own. */
  readonly pairs: readonly (readonly [AbsolutePath, AbsolutePath])[]
}

/**
 * A database of MariaDB (WEB-04). It is made empty; when it is no longer wanted, a person confirmed that it goes, so it
 * is dropped with all in it once the rest of the apply holds (it can't be put back).
 */
export interface DatabaseResource {
  readonly kind: 'database'
  readonly name: DatabaseName
  /** MariaDB's names, e.g. `utf8mb4`, `utf8mb4_general_ci`. */
  readonly charset: string
  readonly collation: string
}

/** An account of MariaDB at localhost, with all that it may. Whatever else somebody gave it goes. */
export interface DatabaseUserResource {
  readonly kind: 'database_user'
  /** A customer's name, or that of a database and `.owner`. */
  readonly name: string
  /** Ways to sign in: plugin, and the hash or the Unix account that goes with it. Never shown. */
  readonly auth: readonly (readonly ['mysql_native_password' | 'unix_socket', string])[]
  /** Nobody signs in as it, and who was is thrown out. */
  readonly locked: boolean
  /** At the same time. */
  readonly connections: number
  /** By database, sorted; MariaDB's names of rights. */
  readonly rights: readonly (readonly [database: DatabaseName, rights: readonly string[]])[]
}

/**
 * The identity of a resource in manifests, e.g. `file:/etc/postfix/main.cf`. Rows of a table are
 * owned per scope, so the scope is part of a table's identity.
 */
export function resourceKey(resource: Resource, scope: Scope): string {
  switch (resource.kind) {
    case 'table':
      return `table:${resource.database}:${resource.table}:${scope}`
    case 'unit':
    case 'volume':
    case 'database':
    case 'database_user':
      return `${resource.kind}:${resource.name}`
    default:
      return `${resource.kind}:${resource.path}`
  }
}
