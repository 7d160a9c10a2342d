import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type Staff from '#models/staff'
import StaffLog from '#models/staff_log'
import type Task from '#models/task'
import { announceChanged, announceQueued } from '#models/task/announcements'
import { sqlTime } from '#models/task/clock'

/**
 * Work that looks at what is there and goes on from it, so that doing it again is never wrong. What
 * keeps a state of its own beside the task (an order, a restore, an import) is begun again where that is.
 */
const repeatable = new Set([
  'assert_servers',
  'begin_backups',
  'begin_content_syncs',
  'begin_offsite',
  'begin_tamper_looks',
  'build_server',
  'close_months',
  'compare_name_servers',
  'converge_server',
  'converge_servers',
  'copy_server',
  'copy_servers',
  'deliver_zones',
  'end_domain_deletions',
  'issue_certificate',
  'look_at_backups',
  'prune_records',
  'publish_names',
  'publish_zone',
  'recount_orders',
  'remove_ended_servers',
  'remove_server',
  'renew_certificates',
  'resize_server',
  'send_inquiry',
  'set_addresses',
  'set_private_card',
  'stop_server',
  'take_over_list_changes',
  'tell_of_backups',
  'tell_of_order',
  'tidy_staging',
  'try_restores',
  'warn_of_certificates',
])

/** Of these another one comes by itself, so that nothing waits for ever when one is taken away. */
const dispensable = new Set([
  'assert_servers',
  'begin_backups',
  'begin_content_syncs',
  'begin_offsite',
  'begin_tamper_looks',
  'compare_name_servers',
  'converge_server',
  'converge_servers',
  'copy_server',
  'copy_servers',
  'look_at_backups',
  'prune_records',
  'renew_certificates',
  'tell_of_backups',
  'tidy_staging',
  'try_restores',
  'warn_of_certificates',
])

type Shown = Pick<Task, 'kind' | 'state'>

export const isRepeatable = ({ kind, state }: Shown) => state === 'failed' && repeatable.has(kind)

/** A failure may be put aside by whoever has seen to it; what waits only where nothing is lost by it. */
export const isDispensable = ({ kind, state }: Shown) =>
  state === 'failed' || (state === 'queued' && dispensable.has(kind))

/** OPS-07: the same row once more, so that whoever follows it sees it go on. */
export async function retryTask(task: Task, staff: Staff | null, ip: string | null): Promise<void> {
  if (!isRepeatable(task)) throw new Refusal('task_not_repeatable')
  const again = { state: 'queued', attempts: 0, run_at: sqlTime(), finished_at: null, progress: 0 }
  await change(task, again, async (client) => {
    await StaffLog.write({ ...actOn(task, staff, ip), action: 'task_retry.store' }, client)
    client.after('commit', () => announceQueued(Number(task.id)))
  })
}

/** Waiting: it won't be done. Failed: somebody has seen to it. */
export async function dismissTask(
  task: Task,
  staff: Staff | null,
  ip: string | null
): Promise<void> {
  if (!isDispensable(task)) throw new Refusal('task_not_dispensable')
  const over = { state: 'cancelled', unique_key: null, finished_at: sqlTime() }
  await change(task, over, async (client) => {
    await StaffLog.write({ ...actOn(task, staff, ip), action: 'task_dismissal.store' }, client)
    client.after('commit', () => announceChanged(Number(task.id)))
  })
}

const actOn = (task: Task, staff: Staff | null, ip: string | null) => ({
  staff,
  ip,
  target: `${task.kind} #${task.id}`,
})

/** Only while it is still what the page showed: a worker or a colleague may have been faster. */
function change(
  task: Task,
  row: Record<string, unknown>,
  then: (client: TransactionClientContract) => Promise<void>
) {
  return db.transaction(async (client) => {
    const { id, state } = task
    const changed = await client.from('tasks').where({ id, state }).update(row)
    if (Number(changed) === 0) throw new Refusal('task_changed')
    await then(client)
  })
}
