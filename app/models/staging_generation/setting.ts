import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { operate } from '#models/operation'
import Server from '#models/server'

/** Nothing of the server changes: with the next swap there are as many as wanted, and older ones go. */
export function setStagingGenerations(domain: Domain, count: number, actor: Actor) {
  const operation = {
    action: 'staging_settings.update',
    target: domain.unicodeName,
    domainId: domain.id,
  }
  return operate(actor, operation, async (client) => {
    const server = await Server.lock(domain.serverId, client)
    await server.refuseGone(domain, client)
    await Domain.query({ client }).where('id', domain.id).update({ staging_generations: count })
  })
}
