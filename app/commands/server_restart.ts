import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { serverNamed } from '#commands/_server_named'
import { told } from '#commands/_told'
import type { PowerAction } from '#models/server/power'

/** SRV-05: what staff do on the server's page. Queued; a panel or a worker carries it out. */
export default class ServerRestart extends BaseCommand {
  static commandName = 'server:restart'
  static description = 'サーバを再起動します（--start は起動、--stop は停止）'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'サーバ名' })
  declare name: string

  @flags.boolean({ description: '停止しているサーバを起動します' })
  declare start: boolean

  @flags.boolean({ description: 'サーバを停止します' })
  declare stop: boolean

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const server = await serverNamed(this.name, this)
    if (!server) return
    const action: PowerAction = this.start ? 'start' : this.stop ? 'stop' : 'restart'
    const { default: db } = await import('@adonisjs/lucid/services/db')
    const { default: StaffLog } = await import('#models/staff_log')
    await told(this, async () => {
      const task = await db.transaction(async (client) => {
        const queued = await server.requestPower(action, null, client)
        const act = { action: `server_power.${action}`, target: server.name }
        await StaffLog.write({ staff: null, ...act }, client)
        return queued
      })
      const facts = { server: server.name, action, task: task.id }
      return { words: `${server.name} の ${action} を受け付けました（タスク ${task.id}）`, facts }
    })
  }
}
