import ContentSync from '#models/content_sync'

const shown = 20

/** With everything that a line of it tells; newest first, whichever side the domain was on. */
export function latestSyncsOf(domainId: number): Promise<ContentSync[]> {
  return ContentSync.query()
    .where((either) => either.where('sourceDomainId', domainId).orWhere('targetDomainId', domainId))
    .preload('change')
    .preload('swap')
    .preload('source', (source) => source.preload('server'))
    .preload('target', (target) => target.preload('server'))
    .orderBy('id', 'desc')
    .limit(shown)
}
