import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import type Domain from '#models/domain'
import { operate, unchanged } from '#models/operation'
import Server from '#models/server'

type Work<Result> = (
  client: TransactionClientContract,
  server: Server
) => Promise<Result | typeof unchanged>

/** One change of a domain's databases: rows, a line in the operation log and one apply of that domain (REL-01). */
export async function changeDatabases<Result>(
  domain: Domain,
  change: { readonly action: string; readonly target: string },
  actor: Actor,
  work: Work<Result>
): Promise<Result | typeof unchanged> {
  const { action, target } = change
  return operate(
    actor,
    { action, target, domainId: domain.id },
    async (client) => {
      const server = await Server.lock(domain.serverId, client)
      await server.refuseGone(domain, client)
      const result = await work(client, server)
      if (result === unchanged) return result
      const reason = `${action} ${target}`
      await server.requestApply({ reason, domainIds: [domain.id], by: actor.by }, client)
      return result
    },
    8
  )
}

/** Call with the locked server. */
export async function refuseMoreThan(
  most: number,
  table: 'databases' | 'database_users',
  domain: Domain,
  field: string,
  client: TransactionClientContract
) {
  const [{ total }] = await client.from(table).where('domain_id', domain.id).count('* as total')
  if (Number(total) < most) return
  if (table === 'databases') throw new Refusal('too_many_databases', field, { most })
  throw new Refusal('too_many_database_users', field, { most })
}

/** WEB-04: of a domain that goes, and of databases that do. */
export async function removeDatabaseRows(
  domainId: number,
  client: TransactionClientContract
): Promise<void> {
  const databases = await client.from('databases').where('domain_id', domainId).select('id')
  const ids = databases.map(({ id }) => id)
  await client.from('database_rights').whereIn('database_id', ids).delete()
  await client.from('database_transfers').whereIn('database_id', ids).delete()
  await client.from('database_users').where('domain_id', domainId).delete()
  await client.from('databases').whereIn('id', ids).delete()
}
