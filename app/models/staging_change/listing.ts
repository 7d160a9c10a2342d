import StagingChange from '#models/staging_change'
import { pageOf, type Page } from '#models/page'

/** Newest first. */
export function changesOf(domainId: number, page: number): Promise<Page<StagingChange>> {
  const query = StagingChange.query().where('domain_id', domainId).orderBy('id', 'desc')
  return pageOf<StagingChange>(query, page)
}

export function latestChangesOf(domainId: number, count: number): Promise<StagingChange[]> {
  return StagingChange.query().where('domainId', domainId).orderBy('id', 'desc').limit(count)
}
