import type { DatabaseUserResource, Resource, Scope } from '#convergence/resource'
import { contentDigest, rowsDigest } from '#convergence/resources/digest'

/** How the agent is asked whether something is as wanted; arrays, because there are thousands of them. */
export type WantedEntry =
  | readonly ['file', string, string | number, string | number, number, string, 0 | 1]
  | readonly ['directory', string, string | number, string | number, number]
  | readonly ['symlink', string, string]
  | readonly ['seed', string]
  | readonly ['table', string, string, Scope, string]
  | readonly ['unit', string]
  | readonly ['mount', string]
  | readonly ['exchange', string, number]
  | readonly ['database', string, string, string]
  | readonly ['database_user', string, ...UserState]

type UserState = readonly [
  DatabaseUserResource['auth'],
  boolean,
  number,
  DatabaseUserResource['rights'],
]

/** One thing that the agent puts there or takes away. */
export type Operation = { readonly do: 'put' | 'remove' } & Readonly<Record<string, unknown>>

export function isSeed(resource: Resource): boolean {
  return (resource.kind === 'file' || resource.kind === 'directory') && resource.seed === true
}

/** Whether the manifest keeps it: what belongs to customers and what is done once are not looked at again. */
export function isRemembered(resource: Resource): boolean {
  return !isSeed(resource) && resource.kind !== 'exchange'
}

/** Whether differences must show digests only. */
export function isSecret(resource: Resource): boolean {
  if (resource.kind === 'database_user') return true
  return (resource.kind === 'file' || resource.kind === 'table') && resource.secret === true
}

export function wantedEntry(resource: Resource, scope: Scope): WantedEntry {
  switch (resource.kind) {
    case 'file': {
      const { path, owner, group, mode, content } = resource
      if (resource.seed) return ['seed', path]
      return ['file', path, owner, group, mode, contentDigest(content), resource.secret ? 0 : 1]
    }
    case 'directory':
      if (resource.seed) return ['seed', resource.path]
      return ['directory', resource.path, resource.owner, resource.group, resource.mode]
    case 'symlink':
      return ['symlink', resource.path, resource.target]
    case 'table':
      return ['table', resource.database, resource.table, scope, rowsDigest(resource.rows)]
    case 'unit':
      return ['unit', resource.name]
    case 'volume':
      return ['mount', resource.path]
    case 'exchange':
      return ['exchange', resource.path, resource.serial]
    case 'database':
      return ['database', resource.name, resource.charset, resource.collation]
    case 'database_user':
      return ['database_user', resource.name, ...stateOf(resource)]
  }
}

const stateOf = ({ auth, locked, connections, rights }: DatabaseUserResource): UserState => [
  auth,
  locked,
  connections,
  rights,
]

/** Undefined for units and volumes, which are not files, and for databases that go: that happens after the commit. */
export function operation(
  action: 'put' | 'remove',
  resource: Resource,
  scope: Scope
): Operation | undefined {
  switch (resource.kind) {
    case 'unit':
    case 'volume':
      return undefined
    case 'database':
      return action === 'put' ? { do: action, ...resource } : undefined
    case 'database_user': {
      const { kind, name } = resource
      return action === 'put' ? { do: action, ...resource } : { do: action, kind, name }
    }
    case 'table': {
      const { kind, database, table, rows } = resource
      return action === 'put'
        ? { do: action, kind, database, table, scope, rows }
        : { do: action, kind, database, table, scope }
    }
    default: {
      const { kind, path } = resource
      return action === 'put' ? { do: action, ...resource } : { do: action, kind, path }
    }
  }
}
