import { askStagingClear, type StagingPlace } from '#convergence/agent/staging_requests'
import type { Job } from '#jobs/job'
import { onErrand } from '#jobs/staging_errand'
import type { TaskRun } from '#jobs/task_run'
import Domain from '#models/domain'
import StagingChange from '#models/staging_change'
import StagingGeneration from '#models/staging_generation'

/** WEB-02: generations that are more than wanted, and what changes replaced that can't be taken back any more. */
export default class TidyStaging implements Job {
  static readonly kind = 'tidy_staging'

  async handle(run: TaskRun) {
    const { domainId } = (run.payload ?? {}) as { domainId?: unknown }
    const domain = await Domain.query().where('id', Number(domainId)).preload('server').first()
    if (!domain || domain.isBeingDeleted) return
    const generations = await StagingGeneration.surplusOf(domain)
    const changes = await StagingChange.replacedOf(domain.id)
    const places: StagingPlace[] = [
      ...generations.map(({ id }): StagingPlace => `generation-${id}`),
      ...changes.map(({ place }) => place),
    ]
    if (places.length === 0) return
    const left = await onErrand(domain.server, (agent) =>
      askStagingClear(agent, domain.name, places)
    )
    for (const each of generations) if (!left.includes(`generation-${each.id}`)) await each.delete()
    for (const each of changes) if (!left.includes(each.place)) await each.forgetPrevious()
    if (left.length > 0) throw new Error(`${left.join(', ')} can not be cleared yet`)
  }
}
