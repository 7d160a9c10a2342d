import db from '@adonisjs/lucid/services/db'
import { computeFor } from '#compute/index'
import type { Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import Server from '#models/server'

/** NET-02: the card in the contract's own network is plugged in or pulled out, then what is inside is told. */
export default class SetPrivateCard implements Job {
  static readonly kind = 'set_private_card'

  async handle(run: TaskRun) {
    const server = await Server.findOrFail(serverIdOf(run))
    // What has ended is switched off: its cards go with it
    if (server.isEnded) return
    const compute = await computeFor(server)
    await compute.setPrivateCard()
    const { reason = SetPrivateCard.kind } = run.payload as { reason?: string }
    await db.transaction((client) => server.requestApply({ reason, domainIds: [] }, client))
  }
}
