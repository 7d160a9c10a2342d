import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import { poolRows } from '#models/address_pool/listing'
import { failing } from '#models/automatic_certificate/failing'
import { domainsWithoutBackup } from '#models/backup/listing'
import { boundedCount } from '#models/page'
import { sqlTime } from '#models/task/clock'

/** Something that waits for a person. */
export interface Attention {
  /** Its words are in resources/lang/ja/staff.json, `attention.<key>`. */
  readonly key: string
  readonly count: number
  readonly url: string
  /** `bad`: a customer notices; `warn`: he will; `busy`: everyday work. */
  readonly kind: 'bad' | 'warn' | 'busy'
}

interface Watched extends Omit<Attention, 'count'> {
  readonly count: () => Promise<number>
  /** Where there is no list of them: the one that waits longest. */
  readonly first?: () => Promise<{ readonly id: number }>
}

const dayMs = 86_400_000
const ago = (ms: number) => sqlTime(Date.now() - ms)
const from = (table: string) => db.from(table)
/** Nobody's day has room for more, and counting on costs time. */
const most = 99
const counted = (query: DatabaseQueryBuilderContract<any>) => boundedCount(query, most)

const waitingPayments = () => from('payment_changes').whereNotNull('open_contract_id')
const openOrders = (state: string) => from('orders').where('state', state)

/** OPS-07: each an index's work, whatever the number of contracts. */
const watched: readonly Watched[] = [
  {
    key: 'failed_servers',
    kind: 'bad',
    url: '/staff/servers?state=failed',
    count: () => counted(from('servers').where('state', 'failed')),
  },
  {
    key: 'unsettled_servers',
    kind: 'bad',
    url: '/staff/servers?state=unsettled',
    count: () => counted(unsettledServers()),
  },
  {
    key: 'put_right_servers',
    kind: 'busy',
    url: '/staff/servers?state=put_right',
    count: () => counted(putRightServers()),
  },
  {
    key: 'failed_tasks',
    kind: 'bad',
    url: '/staff/tasks?state=failed',
    count: () =>
      counted(
        from('tasks')
          .where('state', 'failed')
          .where('finished_at', '>', ago(7 * dayMs))
      ),
  },
  {
    key: 'stuck_tasks',
    kind: 'bad',
    url: '/staff/tasks?state=queued',
    count: () => counted(from('tasks').where('state', 'queued').where('run_at', '<', ago(900_000))),
  },
  {
    key: 'without_backup',
    kind: 'bad',
    url: '/staff/backups',
    count: () => domainsWithoutBackup(ago(1.5 * dayMs)).then((found) => found.length),
  },
  {
    key: 'full_backup_host',
    kind: 'warn',
    url: '/staff/backups',
    count: () =>
      counted(
        from('backup_hosts').where('total_bytes', '>', 0).whereRaw('free_bytes * 10 < total_bytes')
      ),
  },
  {
    key: 'late_orders',
    kind: 'bad',
    url: '/staff/orders?state=waiting',
    count: () => counted(openOrders('waiting').where('due_at', '<', sqlTime())),
  },
  {
    key: 'new_orders',
    kind: 'busy',
    url: '/staff/orders?state=received',
    count: () => counted(openOrders('received')),
  },
  {
    key: 'incomplete_orders',
    kind: 'busy',
    url: '/staff/orders?state=incomplete',
    count: () => counted(openOrders('incomplete')),
  },
  {
    key: 'inquiries',
    kind: 'busy',
    url: '/staff/inquiries',
    count: () => counted(from('inquiries').whereNull('answered_at')),
  },
  {
    key: 'name_claims',
    kind: 'busy',
    url: '/staff/name_claims',
    count: () => counted(from('name_claims').where('state', 'proved')),
  },
  {
    key: 'payment_changes',
    kind: 'busy',
    url: '/staff/contracts',
    count: () => counted(waitingPayments()),
    first: () => waitingPayments().select('open_contract_id as id').orderBy('id').first(),
  },
  {
    key: 'failing_certificates',
    kind: 'warn',
    url: '/staff/failing_certificates',
    count: () => counted(failing()),
  },
  {
    key: 'scarce_addresses',
    kind: 'warn',
    url: '/staff/address_pools',
    count: scarcePools,
  },
]

/** Servers whose last apply was put back or failed: they are not as the database says (REL-02). */
export function unsettledServers() {
  return from('servers')
    .where('servers.state', 'running')
    .whereIn('servers.last_run_state', ['failed', 'rolled_back', 'partial'])
}

/** Somebody had changed them past the panel, in the last day. */
export const putRightServers = () => from('servers').where('servers.put_right_at', '>', ago(dayMs))

async function scarcePools() {
  const pools = await poolRows()
  return pools.filter(({ isScarce }) => isScarce).length
}

/** Only what there is any of, the worst first. */
export async function attention(): Promise<Attention[]> {
  const found: Attention[] = []
  for (const each of watched) {
    const count = await each.count()
    if (count === 0) continue
    const first = await each.first?.()
    found.push({ ...each, count, url: first ? `${each.url}/${first.id}` : each.url })
  }
  const order = ['bad', 'warn', 'busy']
  return found.sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
}
