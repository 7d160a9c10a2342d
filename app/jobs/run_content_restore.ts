import { AgentRefusal, type AgentClient } from '#convergence/agent/client'
import { askRestore, askRestoreLook, type RestoreOrder } from '#convergence/agent/backup_requests'
import { Unreachable } from '#convergence/transports/transport'
import { PermanentFailure, type Job } from '#jobs/job'
import { onErrand, roomOf } from '#jobs/staging_errand'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import ContentRestore, { changesOf, neededFor, type RestoreFailure } from '#models/content_restore'

/** BKP-01: looks what a restore would do, or does it. It may be cut off anywhere: what is whole already is left alone. */
export default class RunContentRestore implements Job {
  static readonly kind = 'run_content_restore'
  static readonly takesLong = true

  async handle(run: TaskRun) {
    const { restoreId } = (run.payload ?? {}) as { restoreId?: unknown }
    const restore = await ContentRestore.query()
      .where('id', Number(restoreId))
      .preload('domain', (domain) => domain.preload('server'))
      .first()
    if (!restore || !['looking', 'restoring'].includes(restore.state)) return
    try {
      await onErrand(restore.domain.server, (agent) => this.#work(restore, agent, run))
      run.lastWords = say('content_restore.done')
    } catch (error) {
      const failure = failureOf(error) ?? (run.isLastAttempt ? lastFailure(error) : undefined)
      if (!failure) throw error
      await restore.fail(failure)
      throw new PermanentFailure(say('content_restore.failed'), { cause: error })
    }
  }

  async #work(restore: ContentRestore, agent: AgentClient, run: TaskRun) {
    const { domain, paths, deletes, planned } = restore
    const largest = domain.quotaMb * 2 ** 20
    const order: RestoreOrder = { domain: domain.name, chosen: paths, deletes, largest }
    const tell = (percent: number) => void run.progress(percent).catch(() => {})
    const room = await roomOf(domain.server, domain)
    if (restore.state === 'looking') {
      const parts = await askRestoreLook(agent, order, tell)
      return restore.looked({ parts, room })
    }
    const parts = planned?.parts ?? []
    if (room !== null && neededFor(parts) > room) return restore.fail('no_room')
    const count = parts.reduce((sum, part) => sum + changesOf(part), 0)
    await restore.end(await askRestore(agent, { ...order, planned: count }, tell))
  }
}

const failures: Readonly<Record<string, RestoreFailure>> = {
  E_NO_STORAGE: 'no_storage',
  E_GONE: 'refused',
  E_TOO_MUCH: 'too_long',
}

/** What trying again would not change; undefined for anything else. */
function failureOf(error: unknown): RestoreFailure | undefined {
  return error instanceof AgentRefusal ? failures[error.code] : undefined
}

function lastFailure(error: unknown): RestoreFailure {
  if (error instanceof Unreachable) return 'unreachable'
  return error instanceof AgentRefusal && error.code === 'E_BUSY' ? 'busy' : 'refused'
}
