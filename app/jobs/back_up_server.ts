import { AgentRefusal, type AgentClient } from '#convergence/agent/client'
import { askBackup } from '#convergence/agent/backup_requests'
import { Unreachable } from '#convergence/transports/transport'
import type { Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import { onErrand } from '#jobs/staging_errand'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import ContentBackup, { type BackupFailure } from '#models/content_backup'
import { today } from '#models/day'
import Domain from '#models/domain'
import Server from '#models/server'

/**
 * BKP-01: the day's backup of all domains of a server, one after the other. What is the matter with one domain is told
 * on its page and keeps no other from its backup; what was cut off is gone on with.
 */
export default class BackUpServer implements Job {
  static readonly kind = 'back_up_server'
  static readonly takesLong = true

  async handle(run: TaskRun) {
    const { day = today() } = run.payload as { day?: string }
    const server = await Server.find(serverIdOf(run))
    if (!server) return
    const domains = await ContentBackup.dueOn(server.id, day)
    if (domains.length === 0) return
    try {
      await onErrand(server, (agent) => this.#backUp(domains, day, agent, run))
      run.lastWords = say('backup.done')
    } catch (error) {
      // A server that is gone for good has no pages to tell it on any more.
      if (run.isLastAttempt) await ContentBackup.giveUp(server.id, day, failureOf(error))
      throw error
    }
  }

  async #backUp(domains: readonly Domain[], day: string, agent: AgentClient, run: TaskRun) {
    for (const [index, { id }] of domains.entries()) {
      run.signal.throwIfAborted()
      const domain = await Domain.query().where({ id }).whereNull('deletedAt').first()
      if (domain) await this.#one(domain, day, agent, run)
      await run.progress((100 * (index + 1)) / domains.length)
    }
  }

  async #one(domain: Domain, day: string, agent: AgentClient, run: TaskRun) {
    const row = await ContentBackup.begin(domain, day)
    try {
      const thorough = isThorough(domain, day)
      const order = { domain: domain.name, thorough, largest: domain.quotaMb * 2 ** 20 }
      await row.end(await askBackup(agent, order))
    } catch (error) {
      if (!(error instanceof AgentRefusal)) throw error
      await run.log(`${domain.name}: ${error.message}`, 'warn')
      // Somebody restores at this moment: without a row it is tried again with the next turn.
      if (error.code === 'E_BUSY') await row.delete()
      else await row.fail(failureOf(error))
    }
  }
}

/** Once a week content is compared too: what changed without a new time or size is found then. */
function isThorough({ id }: Domain, day: string): boolean {
  return new Date(`${day}T00:00:00Z`).getUTCDay() === id % 7
}

function failureOf(error: unknown): BackupFailure {
  if (error instanceof Unreachable) return 'unreachable'
  const code = error instanceof AgentRefusal ? error.code : ''
  if (code === 'E_NO_STORAGE') return 'no_storage'
  return code === 'E_TOO_MUCH' ? 'too_long' : 'refused'
}
