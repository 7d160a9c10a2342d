import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

/** OPS-07: a failed piece of work once more, as the button of its page does. */
export default class TasksRetry extends BaseCommand {
  static commandName = 'tasks:retry'
  static description = '失敗したタスクをもう一度実行します'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'タスクの番号' })
  declare id: string

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { default: Task } = await import('#models/task')
    const { isRepeatable, retryTask } = await import('#models/task/handling')
    const task = /^\d{1,15}$/.test(this.id) ? await Task.find(this.id) : null
    const isDone = task !== null && isRepeatable(task)
    if (isDone) await retryTask(task, null, null)
    this.exitCode = isDone ? 0 : 1
    if (this.json) return this.logger.log(JSON.stringify({ id: this.id, retried: isDone }))
    if (isDone) return this.logger.success('もう一度実行します')
    this.logger.error('失敗したタスクのうち、やり直せる種類のものだけを実行できます')
  }
}
