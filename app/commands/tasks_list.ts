import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

/** OPS-07: what the pages of staff show, for scripts: newest first, fifty at a time. */
export default class TasksList extends BaseCommand {
  static commandName = 'tasks:list'
  static description = 'タスクを新しいものから50件まで示します'
  static options: CommandOptions = { startApp: true }

  @flags.string({
    description: 'failed、running、queued、done、cancelled のどれか（既定は failed）',
  })
  declare state?: string

  @flags.string({ description: 'このサーバのタスクだけを示します' })
  declare server?: string

  @flags.number({ description: 'この番号より前のタスクを示します' })
  declare before?: number

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { taskRows, taskStates } = await import('#models/task/staff_listing')
    const { serverNamed } = await import('#commands/_server_named')
    const state = taskStates.find((each) => each === (this.state ?? 'failed'))
    if (!state) return this.#refuse(`状態は ${taskStates.join('、')} のどれかです`)
    const server = this.server ? await serverNamed(this.server, this) : null
    if (this.server && !server) return
    const filter = { state, before: this.before ?? null, serverId: server?.id ?? null }
    const { rows, next } = await taskRows(filter)
    if (this.json) return this.logger.log(JSON.stringify({ tasks: rows, next }))
    for (const row of rows) {
      const where = row.server_name ?? '-'
      this.logger.log(`${row.id}\t${row.kind}\t${row.state}\t${where}\t${row.message ?? ''}`)
    }
    if (next) this.logger.log(`続き: --before=${next}`)
  }

  #refuse(message: string) {
    this.exitCode = 1
    this.logger.error(message)
  }
}
