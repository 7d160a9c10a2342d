import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Author } from '#models/actor'
import type Domain from '#models/domain'
import { operate, unchanged } from '#models/operation'
import Server from '#models/server'

interface Change {
  readonly action: string
  readonly author: Author
}

/**
 * One change of one domain: its rows, the line in the log and the apply, with the server's row locked.
 * `work` looks whether the domain is still there; `false` says that all was as wished already.
 */
export async function changeDomain(
  domain: Domain,
  { action, author }: Change,
  work: (client: TransactionClientContract, server: Server) => Promise<boolean | void>
): Promise<boolean> {
  const operation = { action, target: domain.unicodeName, domainId: domain.id }
  const result = await operate(author, operation, async (client) => {
    const server = await Server.lock(domain.serverId, client)
    if ((await work(client, server)) === false) return unchanged
    await domain.useTransaction(client).save()
    await server.requestApply(
      { reason: `${action} ${domain.name}`, domainIds: [domain.id], by: author.by },
      client
    )
    return true
  })
  return result !== unchanged
}
