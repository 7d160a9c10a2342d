import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import type Server from '#models/server'
import type Task from '#models/task'

/** LXD was set up anew, or somebody deleted the instance: what the database says of it is of no use any more. */
const lost = ({ name }: Server) =>
  `デモサーバ ${name} の実体が LXD にありません。storage/ の tsukasa.sqlite と demo.json を別の場所へ移してから、bin/up をもう一度実行すると、デモを作り直します。`

/** How long the demo server and its first domain may take before it is worth a look at the log. */
const patienceS = 300

export default class DemoPrepare extends BaseCommand {
  static commandName = 'demo:prepare'
  static description = 'デモ用の契約・サーバ・ドメイン・ユーザを作り、storage/demo.json に書きます'
  static options: CommandOptions = { startApp: true }

  async run() {
    const { prepareDemo, recordServers } = await import('#database/seeders/demo')
    const path = this.app.makePath('storage/demo.json')
    const { server, tasks } = await prepareDemo(path, await this.localNode())
    if (!server)
      return this.logger.warning(
        'LXD がないため、デモサーバは作りません。既存の Debian サーバは管理できます。'
      )
    if (tasks.length > 0) await this.work(tasks)
    else await this.startAgain(server)
    await recordServers(path)
    await server.refresh()
    if (this.exitCode) return
    this.logger.success(`サーバ ${server.name} (${server.address}) が使えます`)
  }

  private async localNode() {
    const path = this.app.makePath('storage/compute.json')
    const found = existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : { driver: 'none' }
    return found.driver === 'none' ? null : found
  }

  /** `bin/down` stops it; nothing else needs doing then. */
  private async startAgain(server: Server) {
    const { computeFor } = await import('#compute/index')
    const { ComputeError } = await import('#compute/errors')
    const machine = await computeFor(server)
    try {
      await machine.start()
    } catch (error) {
      if (!(error instanceof ComputeError) || error.fault !== 'missing') throw error
      this.logger.error(lost(server))
      this.exitCode = 1
    }
  }

  /** Works along with whatever panel or worker is running already. */
  private async work(tasks: readonly Task[]) {
    const { startWorker } = await import('#jobs/index')
    const worker = await startWorker()
    try {
      await this.watch(tasks)
    } catch (error) {
      this.logger.error((error as Error).message)
      this.exitCode = 1
    } finally {
      await worker.stop()
    }
  }

  private async watch(tasks: readonly Task[]) {
    let shown = ''
    for (const until = Date.now() + patienceS * 1000; Date.now() < until; await wait(100)) {
      await Promise.all(tasks.map((task) => task.refresh()))
      const current = tasks.find((task) => task.state !== 'done')
      if (!current) return
      if (current.state === 'failed') throw new Error(current.message ?? '失敗しました')
      const line = `${current.progress}% ${current.message ?? '順番を待っています'}`
      if (line !== shown) this.logger.info((shown = line))
    }
    throw new Error(`${patienceS} 秒待っても終わりません。storage/log/panel.log を見てください。`)
  }
}
