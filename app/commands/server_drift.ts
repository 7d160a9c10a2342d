import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { serverNamed } from '#commands/_server_named'

/** What on a server is not as the database says. Exit status 1 when there is anything. */
export default class ServerDrift extends BaseCommand {
  static commandName = 'server:drift'
  static description = 'サーバがデータベースの内容と違うところを示します（何も変えません）'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'サーバ名' })
  declare name: string

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { machineryOf } = await import('#jobs/converge_server')
    const { drift } = await import('#convergence/engine/drift')
    const server = await serverNamed(this.name, this)
    if (!server) return
    const found = await drift(await machineryOf(server))
    this.exitCode = found.length > 0 ? 1 : 0
    if (this.json) return this.logger.log(JSON.stringify(found))
    for (const { cause, name, detail } of found) {
      this.logger.log(`${cause.padEnd(9)} ${name}`)
      this.logger.log(detail.replaceAll(/^/gm, '          '))
    }
    this.logger.log(`${found.length} differences`)
  }
}
