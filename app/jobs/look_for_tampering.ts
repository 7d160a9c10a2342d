import { AgentRefusal } from '#convergence/agent/client'
import { UntrustedReply } from '#convergence/agent/frames'
import { askTamperLook, type TamperAnswer } from '#convergence/agent/tamper_requests'
import { Unreachable } from '#convergence/transports/transport'
import { PermanentFailure, type Job } from '#jobs/job'
import { onErrand } from '#jobs/staging_errand'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import { tellOfTampering } from '#mails/tampering'
import TamperLook, { type LookBaseline, type LookFailure } from '#models/tamper_look'
import TamperWatch from '#models/tamper_watch'

/**
 * WEB-07: one look at a domain's files, and the mail about it. It may be cut off anywhere: a server that was asked
 * already answers the same again, and who was told is told once.
 */
export default class LookForTampering implements Job {
  static readonly kind = 'look_for_tampering'
  static readonly takesLong = true

  async handle(run: TaskRun) {
    const { lookId } = (run.payload ?? {}) as { lookId?: unknown }
    const look = await TamperLook.query()
      .where('id', Number(lookId))
      .preload('domain', (domain) => domain.preload('server').preload('deletion'))
      .first()
    if (!look) return
    if (!look.isOver) await this.#look(look, run)
    run.lastWords = say(look.state === 'done' ? 'tamper.done' : 'tamper.failed')
    const failed = await tellOfTampering(look)
    if (failed.length > 0) throw new Error(`not told: ${failed.join(', ')}`)
  }

  async #look(look: TamperLook, run: TaskRun) {
    if (look.domain.isBeingDeleted || look.domain.deletion) return look.fail('gone')
    try {
      const watch = await TamperWatch.findBy('domainId', look.domainId)
      const settled = watch?.baselineLookId ?? 0
      const answer = await this.#ask(look, settled, run)
      await run.confirmOurs()
      await look.finish({ ...answer, baseline: baselineOf(answer, settled) })
    } catch (error) {
      const failure = failureOf(error) ?? (run.isLastAttempt ? lastFailure(error) : undefined)
      if (!failure) throw error
      await run.log(String(error), 'warn')
      await look.fail(failure)
    }
  }

  #ask({ id, domain }: TamperLook, settled: number, run: TaskRun): Promise<TamperAnswer> {
    // Nobody waits for a bar that moves more often.
    const tell = (percent: number) => void run.progress(percent).catch(() => {})
    return onErrand(domain.server, (agent) =>
      askTamperLook(agent, { domain: domain.name, look: id, settled }, tell)
    )
  }
}

/** What there was to compare with, where it is not what there should have been. */
function baselineOf({ baseline }: TamperAnswer, settled: number): LookBaseline | null {
  if (settled === 0) return 'first'
  if (baseline === null) return 'lost'
  return baseline === settled ? null : 'older'
}

const failures: Readonly<Record<string, LookFailure>> = {
  E_TOO_MUCH: 'too_much',
  ENOSPC: 'no_room',
  EDQUOT: 'no_room',
}

/** What trying again would not change. */
function failureOf(error: unknown): LookFailure | undefined {
  return error instanceof AgentRefusal ? failures[error.code] : undefined
}

function lastFailure(error: unknown): LookFailure {
  if (error instanceof Unreachable) return 'unreachable'
  if (error instanceof AgentRefusal || error instanceof UntrustedReply) return 'refused'
  return error instanceof PermanentFailure ? 'refused' : 'cut_off'
}
