import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import type Database from '#models/database'
import { operate } from '#models/operation'

/** Of one domain at the same time, in this process: each keeps the server busy as long as the reader reads. */
const mostAtOnce = 2
const open = new Map<number, number>()

/** WEB-04: who took all that is in a database is in the operation log. `begin` answers a stream. */
export async function recordDump<
  Dump extends { once(event: 'close', listener: () => void): unknown },
>(
  database: Pick<Database, 'name' | 'domainId'>,
  actor: Actor,
  begin: () => Promise<Dump>
): Promise<Dump> {
  const { domainId, name: target } = database
  const before = open.get(domainId) ?? 0
  if (before >= mostAtOnce) throw new Refusal('too_many_dumps', null, { most: mostAtOnce })
  open.set(domainId, before + 1)
  try {
    const operation = { action: 'database_dumps.store', target, domainId }
    const dump = await operate(actor, operation, () => begin())
    dump.once('close', () => passOn(domainId))
    return dump
  } catch (error) {
    passOn(domainId)
    throw error
  }
}

function passOn(domainId: number) {
  const left = (open.get(domainId) ?? 1) - 1
  if (left > 0) open.set(domainId, left)
  else open.delete(domainId)
}
