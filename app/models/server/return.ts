import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import Fee from '#models/fee'
import Option from '#models/option'
import Order from '#models/order'
import { staffMember } from '#models/order/author'
import Server from '#models/server'
import type Staff from '#models/staff'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'

/**
 * ORD-04: cancelled by mistake, and it comes back within the days that it is kept: its machine starts, with everything on it; what
 * ended with it goes on, and costs from today.
 */
export async function returnServer(
  { id }: Server,
  { staff, words }: { readonly staff: Staff; readonly words: string },
  client: TransactionClientContract
): Promise<Task> {
  const server = await Server.lock(id, client)
  await refuseGone(server, client)
  const cancellation = await cancellationOf(id, client)
  await resumeFees(server, await resumeOptions(server, cancellation, client), client)
  await restoreDomains(server, client)
  // As one that is switched off, and then it is switched on
  await server.merge({ state: 'stopped', endedOn: null, removesAt: null }).save()
  await cancellation?.note({ what: 'note', text: words }, staffMember(staff), client)
  return server.requestPower('start', null, client)
}

/** The day on which it goes for good, put off or brought forward by staff. */
export async function keepServerUntil({ id }: Server, day: Day, client: TransactionClientContract) {
  const server = await Server.lock(id, client)
  await refuseGone(server, client)
  const removesAt = DateTime.fromJSDate(day.time(0))
  await server.merge({ removesAt }).save()
  const ids = client.from('domains').where('server_id', id).select('id')
  const endsAt = sqlTime(removesAt.toMillis())
  await client.from('domain_deletions').whereIn('domain_id', ids).update({ ends_at: endsAt })
}

async function refuseGone(server: Server, client: TransactionClientContract) {
  if (server.state !== 'ended' || !server.endedOn) throw new Refusal('server_is_not_ended')
  const removing = await Task.query({ client })
    .where({ serverId: server.id, kind: 'remove_server' })
    .whereIn('state', ['queued', 'running'])
    .first()
  if (removing) throw new Refusal('server_is_being_removed')
}

function cancellationOf(serverId: number, client: TransactionClientContract) {
  const order = Order.query({ client }).where({ serverId, kind: 'server_cancellation' })
  return order.where('state', 'done').orderBy('id', 'desc').first()
}

/** Those that ended with it, and no others. */
async function resumeOptions(
  { endedOn }: Server,
  cancellation: Order | null,
  client: TransactionClientContract
): Promise<number[]> {
  if (!cancellation) return []
  const options = await Option.query({ client }).where({
    cancellationId: cancellation.id,
    endedOn,
  })
  for (const option of options) await option.merge({ endedOn: null, cancellationId: null }).save()
  return options.map(({ id }) => id)
}

async function resumeFees(
  { id, endedOn }: Server,
  optionIds: readonly number[],
  client: TransactionClientContract
) {
  const ended = await Fee.query({ client })
    .where('untilOn', endedOn!)
    .where((any) => any.where('serverId', id).orWhereIn('optionId', [...optionIds]))
    .orderBy('id')
  const [today, next] = [Day.at(new Date()), Day.of(endedOn!).plus(1)]
  const from = today.isBefore(next) ? next : today
  for (const { contractId, code, quantity, unitYen, subject, serverId, optionId } of ended) {
    const agreed = { unitYen: unitYen ?? undefined, subject: subject ?? undefined }
    await Fee.begin({ contractId, code, quantity, ...agreed, serverId, optionId, from }, client)
  }
}

/** What its customer had deleted before waits on, with as many days as a deletion has. */
async function restoreDomains({ id }: Server, client: TransactionClientContract) {
  const ids = Domain.query({ client }).where('serverId', id).select('id')
  await DomainDeletion.query({ client })
    .whereIn('domainId', ids)
    .where('requestedBy', 'system')
    .whereNull('nameClaimId')
    .delete()
}
