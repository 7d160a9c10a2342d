import type { Resource } from '#convergence/resource'
import { contentDigest, databaseDigest, rowsDigest } from '#convergence/resources/digest'

/**
 * A resource as the manifest keeps it: enough to remove it later and to tell a hand edit from an old
 * file; never the content of a file, the rows of a table or how a user of databases signs in.
 */
export function manifestForm(resource: Resource): string {
  if (resource.kind === 'file') {
    const { content, ...rest } = resource
    return JSON.stringify({ ...rest, digest: contentDigest(content) })
  }
  if (resource.kind === 'table') {
    const { rows, ...rest } = resource
    return JSON.stringify({ ...rest, digest: rowsDigest(rows) })
  }
  if (resource.kind === 'database') {
    return JSON.stringify({ ...resource, digest: databaseDigest(resource) })
  }
  if (resource.kind === 'database_user') {
    const { auth, ...rest } = resource
    return JSON.stringify({ ...rest, digest: databaseDigest(resource) })
  }
  return JSON.stringify(resource)
}

export interface RememberedResource {
  readonly resource: Resource
  /** Of the content or rows that the panel last wrote. */
  readonly digest?: string
}

/** The resource without its content: `''` for a file, no rows for a table. */
export function fromManifestForm(text: string): RememberedResource {
  const { digest, ...rest } = JSON.parse(text)
  if (rest.kind === 'file') return { resource: { ...rest, content: '' }, digest }
  if (rest.kind === 'table') return { resource: { ...rest, rows: [] }, digest }
  if (rest.kind === 'database_user') return { resource: { ...rest, auth: [] }, digest }
  if (rest.kind === 'database') return { resource: rest, digest }
  return { resource: rest }
}
