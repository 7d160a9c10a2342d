import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { serverNamed } from '#commands/_server_named'
import type { ConvergeResult, Step } from '#convergence/engine/run'

/** For staff at a terminal: everything of one server, now. Exit status 1 when it is not as the database says. */
export default class ServerConverge extends BaseCommand {
  static commandName = 'server:converge'
  static description = 'サーバをデータベースの内容に合わせます（--dry-run は比較と検査だけ）'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'サーバ名' })
  declare name: string

  @flags.boolean({ description: '何も変えずに、変わるものを示します' })
  declare dryRun: boolean

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { convergeServer } = await import('#jobs/converge_server')
    const server = await serverNamed(this.name, this)
    if (!server) return
    const reason = `${ServerConverge.commandName} ${this.name}`
    this.show(await convergeServer(server, { scope: 'all', reason, dryRun: this.dryRun }))
  }

  private show(result: ConvergeResult) {
    const good = ['done', 'unchanged'].includes(result.state)
    this.exitCode = good ? 0 : 1
    if (this.json) return this.logger.log(JSON.stringify(result))
    for (const step of result.steps) this.showStep(step)
    const { different, files, activations, ms } = result.figures
    const times = Object.entries(ms).map(([phase, took]) => `${phase} ${took} ms`)
    this.logger.log(
      `${different} differences, ${files} files, ${activations} activations (${times.join(', ')})`
    )
    const line = `${result.state}${result.message ? `: ${result.message}` : ''}`
    if (good) this.logger.success(line)
    else this.logger.error(line)
  }

  private showStep({ phase, name, state, scope, detail }: Step) {
    this.logger.log(`${phase.padEnd(10)} ${state.padEnd(8)} ${scope ?? ''} ${name}`)
    if (detail) this.logger.log(detail.replaceAll(/^/gm, '           '))
  }
}
