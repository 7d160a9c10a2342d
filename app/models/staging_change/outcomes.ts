import StagingChange from '#models/staging_change'
import type { StagingFailure } from '#models/staging_change/kinds'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'

/** WEB-02: the server has these as the orders said. */
export async function changesLanded(ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  const open = await StagingChange.query()
    .whereIn('id', [...ids])
    .where('state', 'exchanging')
  for (const change of open) {
    await change.end('done')
    await change.requestTidying()
    if (change.kind === 'receive') await requestPublishing(change)
  }
}

/** WEB-08: what was received becomes public. */
async function requestPublishing({ id }: StagingChange) {
  await Task.enqueue({ kind: 'publish_content_sync', payload: { changeId: id } })
}

/** The apply that was to do them gave up. What the server has done all the same, `confirmDone` finds out. */
export async function giveUpChanges(applyId: number, failure: StagingFailure) {
  await StagingChange.query().where({ applyId, state: 'exchanging' }).update({
    state: 'failed',
    failure,
    busy_domain_id: null,
    finished_at: sqlTime(),
  })
}

/** The server says which order it carried out last: one that seemed to have failed was done. */
export async function confirmDone(domainId: number, serial: number) {
  await StagingChange.query()
    .where({ id: serial, domainId, state: 'failed' })
    .whereIn('kind', ['swap', 'refresh', 'restore', 'receive'])
    .update({ state: 'done', failure: null })
}
