import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { tellOfStatements } from '#mails/new_statement'

const mostLogged = 50

/** ORD-07: in the morning, whose statement was made is told. Each day, because what could not be sent is tried again. */
export default class TellOfStatements implements Job {
  static readonly kind = 'tell_of_statements'
  static readonly takesLong = true

  async handle(run: Pick<TaskRun, 'signal' | 'log'>) {
    const { told, failed } = await tellOfStatements(run.signal)
    if (told > 0) await run.log(`${told} statements told`)
    for (const each of failed.slice(0, mostLogged)) await run.log(each, 'warn')
  }
}
