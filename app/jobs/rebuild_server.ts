import { computeFor } from '#compute/index'
import BuildServer from '#jobs/build_server'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import ServerRebuild from '#models/server_rebuild'

/**
 * BKP-02: from a server that was lost to one that serves and has everything again. Cut off before the machine is there it begins
 * with removing what is left; after that it only asks for what comes back.
 */
export default class RebuildServer implements Job {
  static readonly kind = 'rebuild_server'

  async handle(run: TaskRun) {
    const { rebuildId } = (run.payload ?? {}) as { rebuildId?: unknown }
    const rebuild = await ServerRebuild.query()
      .where('id', Number(rebuildId))
      .preload('server')
      .firstOrFail()
    if (rebuild.isOver) return
    try {
      if (rebuild.server.state === 'building') await this.#build(rebuild, run)
      await rebuild.restoreAll()
    } catch (error) {
      if (run.isLastAttempt && !run.signal.aborted) await rebuild.fail()
      throw error
    }
    run.lastWords = say('server.rebuilt')
  }

  async #build(rebuild: ServerRebuild, run: TaskRun) {
    const { server } = rebuild
    if (rebuild.state === 'waiting') {
      await run.progress(2, say('server.remove'))
      const compute = await computeFor(server)
      await compute.delete()
      await rebuild.begin()
    }
    await new BuildServer().build(server, run)
  }
}
