import { BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import env from '#start/env'

export default class WorkerCommand extends BaseCommand {
  static commandName = 'worker'
  static description =
    'Run queued tasks, for panels whose web process is told not to (WORKER_CONCURRENCY=0)'
  static options: CommandOptions = { startApp: true, staysAlive: true }

  async run() {
    const { startWorker } = await import('#jobs/index')
    const worker = await startWorker({ concurrency: env.get('WORKER_CONCURRENCY') || 8 })
    this.app.terminating(() => worker.stop())
    this.app.listen('SIGINT', () => this.app.terminate())
    this.logger.info(`worker ${worker.id} runs`)
  }
}
