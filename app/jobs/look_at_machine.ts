import { ComputeError } from '#compute/errors'
import { inspectMachine } from '#compute/adopted/inspection'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import PhysicalMachine from '#models/physical_machine'

/** SRV-02: whether a machine can become a server. Whatever it answers, the answer is in its row and the task is done. */
export default class LookAtMachine implements Job {
  static readonly kind = 'look_at_machine'

  async handle(run: TaskRun) {
    const { machineId } = (run.payload ?? {}) as { machineId?: unknown }
    const machine = await PhysicalMachine.find(Number(machineId))
    if (!machine) return
    await run.progress(20, say('machine.look'))
    await lookAt(machine, (text) => run.log(text, 'warn'))
    run.lastWords = say('machine.looked')
  }
}

/** `log`: a line for staff, of what went wrong. */
export async function lookAt(
  machine: PhysicalMachine,
  log: (text: string) => Promise<void>
): Promise<void> {
  try {
    const { hostKey, facts } = await inspectMachine(machine)
    await machine.noteLook(hostKey, facts)
  } catch (error) {
    if (!(error instanceof ComputeError)) throw error
    await log(error.message)
    await machine.noteFailure(codeOf(error), firstLine(error.message))
  }
}

/** As staff are told; what the machine itself said is shown beside. */
function codeOf({ fault, cause, message }: ComputeError): string {
  if (/verification failed/i.test(message)) return 'other_key'
  const level = cause instanceof Error && 'level' in cause ? cause.level : null
  if (level === 'client-authentication') return 'not_let_in'
  if (fault === 'refused') return 'no_program'
  return fault === 'garbled' || fault === 'timeout' ? fault : 'unreachable'
}

/** A hostile machine's words are no page of text. */
function firstLine(words: string) {
  return words
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 200)
}
