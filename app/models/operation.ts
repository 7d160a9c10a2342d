import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Refusal } from '#exceptions/refusals'
import type { Author } from '#models/actor'
import { retried } from '#models/task/contention'
import OperationLog, { type Operation } from '#models/operation_log'

/** What `work` answers when everything was as wished already: there is nothing to tell and nothing to apply. */
export const unchanged = Symbol('unchanged')

/**
 * Every change by a customer is one transaction: the rows, the line in the operation log and the
 * queued work (REL-01). When it is refused, nothing of it stays but the line that says so (PNL-08).
 * Several operations are one change that has a line for each. `times`: how often it is tried when the
 * database prefers somebody else's; only for work that keeps nothing between attempts.
 */
export async function operate<Result>(
  actor: Author,
  operation: Operation | readonly Operation[],
  work: (client: TransactionClientContract) => Promise<Result>,
  times = 1
): Promise<Result> {
  const operations = [operation].flat() as Operation[]
  const attempt = () =>
    db.transaction(async (client) => {
      const result = await work(client)
      if (result === unchanged) return result
      for (const each of operations) await OperationLog.record(actor, each, client)
      return result
    })
  try {
    return await retried(attempt, times)
  } catch (error) {
    for (const each of operations) await OperationLog.record(actor, { ...each, succeeded: false })
    throw error
  }
}

/** Refused before there was anything to change, such as for a wrong password: the line stays too. */
export async function refuse(
  actor: Author,
  operation: Operation,
  refusal: Refusal
): Promise<never> {
  await OperationLog.record(actor, { ...operation, succeeded: false })
  throw refusal
}
