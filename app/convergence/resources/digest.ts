import { hash } from 'node:crypto'
import type {
  DatabaseResource,
  DatabaseUserResource,
  Resource,
  TableResource,
} from '#convergence/resource'

/** SHA-256 of a file's content, as the agent takes it of what is there. */
export function contentDigest(content: string): string {
  return hash('sha256', content)
}

/** Of a table's rows; empty for no rows. The agent takes the same of the rows of a scope. */
export function rowsDigest(rows: TableResource['rows']): string {
  if (rows.length === 0) return ''
  return hash('sha256', rows.map(([key, value]) => `${key}\0${value}\0`).join(''))
}

/** As the agent takes it of what MariaDB has. */
export function databaseDigest(resource: DatabaseResource | DatabaseUserResource): string {
  if (resource.kind === 'database')
    return hash('sha256', JSON.stringify([resource.charset, resource.collation]))
  const { auth, locked, connections, rights } = resource
  return hash('sha256', JSON.stringify([auth, locked, connections, rights]))
}

/** SHA-256 over everything about a resource that can differ. */
export function resourceHash(resource: Resource): string {
  return hash('sha256', JSON.stringify(identity(resource)))
}

function identity(resource: Resource): readonly unknown[] {
  switch (resource.kind) {
    case 'file': {
      const { path, owner, group, mode, content, seed } = resource
      return ['file', path, owner, group, mode, contentDigest(content), seed === true]
    }
    case 'directory': {
      const { path, owner, group, mode, seed } = resource
      return ['directory', path, owner, group, mode, seed === true]
    }
    case 'symlink':
      return ['symlink', resource.path, resource.target]
    case 'table':
      return ['table', resource.database, resource.table, rowsDigest(resource.rows)]
    case 'unit':
      return ['unit', resource.name]
    case 'database':
      return ['database', resource.name, databaseDigest(resource)]
    case 'database_user':
      return ['database_user', resource.name, databaseDigest(resource)]
    case 'volume':
      return ['volume', resource.name, resource.path, resource.sizeMb]
    case 'exchange':
      return ['exchange', resource.path, resource.serial, resource.pairs]
  }
}
