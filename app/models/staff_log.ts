import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { StaffLogSchema } from '#database/schema'
import type Staff from '#models/staff'
import { firstHash, hashOf, type ChainedLine } from '#models/staff_log/chain'
import { sqlTime } from '#models/task/clock'

/** What a member of staff did to what. */
export interface StaffAct {
  /** Null: somebody at the panel's console, who needs no account. */
  readonly staff: Pick<Staff, 'id' | 'login'> | null
  /** As in the customers' log, `noun.verb`; its words are in `operations`. */
  readonly action: string
  /** E.g. `c000012`, `msv000003`. */
  readonly target: string
  /** Names and reasons, never secrets: these lines are kept for good. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly ip?: string | null
}

/**
 * OPS-07: the staff's own audit log. Append-only (the database refuses everything else) and chained:
 * a line that was changed, added or taken away by somebody with the database in his hands is found by
 * `staff_log:verify`, because he lacks the panel's key.
 */
export default class StaffLog extends StaffLogSchema {
  static primaryKey = 'seq'
  static selfAssignPrimaryKey = true

  /**
   * Within the transaction of what it tells of. Write it last: whoever else has something to write
   * here waits for the end of the transaction.
   */
  static write(act: StaffAct, client?: TransactionClientContract): Promise<number> {
    if (!client) return db.transaction((own) => this.write(act, own))
    return append(act, client)
  }
}

async function append(act: StaffAct, client: TransactionClientContract): Promise<number> {
  const { seq, hash: previousHash } = await lockHead(client)
  const line: ChainedLine = {
    seq,
    at: sqlTime(),
    staff_id: act.staff?.id ?? null,
    actor: act.staff?.login ?? 'console',
    action: act.action,
    target: act.target.slice(0, 320),
    detail: JSON.stringify(act.details ?? {}),
    ip: act.ip ?? null,
    previous_hash: previousHash,
  }
  const hash = hashOf(line)
  await client
    .insertQuery()
    .table('staff_logs')
    .insert({ ...line, hash })
  await client.from('staff_log_heads').where('id', 1).update({ hash })
  return seq
}

/** The next number and the hash before it; begins with a write, and the first line of all makes the row. */
async function lockHead(client: TransactionClientContract) {
  const head = { id: 1, seq: 1, hash: firstHash }
  const next = client.knexRawQuery('staff_log_heads.seq + 1')
  const insertion = client.knexQuery().insert(head).into('staff_log_heads')
  await insertion.onConflict('id').merge({ seq: next })
  const row = await client.from('staff_log_heads').where('id', 1).firstOrFail()
  return { seq: Number(row.seq), hash: String(row.hash) }
}
