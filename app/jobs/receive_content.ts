import type { AgentClient } from '#convergence/agent/client'
import { askStagingClear, askStagingCopy } from '#convergence/agent/staging_requests'
import { relay } from '#convergence/transports/relay'
import { roomOf, transportTo } from '#jobs/staging_errand'
import ContentSync, { SourceNotReady } from '#models/content_sync'
import type Domain from '#models/domain'
import type StagingChange from '#models/staging_change'
import { publicSideOf } from '#monitoring/staging'

type Tell = (percent: number) => void

/** What of the bar is for the copy that what arrives is compared with. */
const copyingShare = 10

/**
 * WEB-08: what is public on another server of the contract into a place of its own, beside staging. A copy of what is
 * public here comes first: only what differs from it travels. Nothing has changed place when this ends, or breaks.
 */
export async function receiveContent(
  change: StagingChange,
  agent: AgentClient,
  { tell, signal }: { tell: Tell; signal: AbortSignal }
) {
  const sync = await ContentSync.findByOrFail('changeId', change.id)
  const source = await sync.readySource()
  await refuseUnusable(source)
  // So that whatever is left of it is cleared, when somebody has died
  await change.merge({ keepsPrevious: true }).save()
  try {
    await copyPublic(change, agent, tell)
    const received = await transfer(change, source, { tell, signal })
    await sync.note(received)
    // It may have gone meanwhile, and with it what it sent
    await sync.readySource()
    const { files, bytes, skipped } = received
    await change.exchange({ files, bytes, skipped, keepsPrevious: true })
  } catch (error) {
    await askStagingClear(agent, change.domain.name, [change.place]).catch(() => {})
    throw error
  }
}

/** Bytes. rsync reads everything to compare it, holes too: of a file of exabytes nobody would see the end. */
const mostRead = 2 ** 40

/** An empty site is a mistake more often than a wish, and would become public. */
async function refuseUnusable(source: Domain) {
  const { value } = await publicSideOf(source)
  if (value?.isComplete && value.files === 0) throw new SourceNotReady('source_empty')
  if (value && value.bytes > mostRead) throw new SourceNotReady('source_too_large')
}

async function copyPublic({ domain, place: into }: StagingChange, agent: AgentClient, tell: Tell) {
  const room = await roomOf(domain.server, domain)
  const order = { domain: domain.name, from: 'public' as const, into, room, links: false }
  await askStagingCopy(agent, order, (percent) => tell((percent * copyingShare) / 100))
}

async function transfer(
  { domain, place: into }: StagingChange,
  source: Domain,
  { tell, signal }: { tell: Tell; signal: AbortSignal }
) {
  const from = { transport: await transportTo(source.server), domain: source.name }
  const to = { transport: await transportTo(domain.server), domain: domain.name, into }
  const onPercent = (percent: number) => tell(copyingShare + (percent * (100 - copyingShare)) / 100)
  return relay(from, to, { signal, onPercent })
}
